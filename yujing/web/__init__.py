"""What all pages share: base template, styles, sessions in the browser, forms that cannot be forged."""
