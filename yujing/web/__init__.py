"""What all pages share: base template, styles, sessions in the browser, safe forms."""
