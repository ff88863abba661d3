"""The workers' and supervisors' pages: queue, card, visits, what was not sent, the township."""

from alerts.pages.routes import routes

__all__ = ["routes"]
