"""The boards for Grafana: their JSON, the files that provision them, and the push over HTTP."""
