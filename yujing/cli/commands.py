"""The visible list of commands; each is loaded only when it runs, so that `--help` is quick."""

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("demo", "yujing.cli.demo:demo", "A simulated county from its first event to today's cards."),
    (
        "demo-stream",
        "yujing.cli.demo_stream:demo_stream",
        "The same through Kafka and two workers, all on this machine.",
    ),
    ("simulate", "yujing.cli.simulate:simulate", "Write a simulated county as files."),
    ("ingest", "yujing.cli.ingest:ingest", "Take in files of events."),
    ("publish", "yujing.cli.publish:publish", "Send files of events to Kafka."),
    (
        "sweep",
        "yujing.cli.sweep:sweep",
        "Compute features, scores and decisions; deal today's cards.",
    ),
    ("train", "yujing.cli.learning:train", "Train both models."),
    ("backtest", "yujing.cli.learning:backtest", "Try the models on the past, beside baselines."),
    ("models", "yujing.cli.models:app", "The registry of models."),
    ("explain", "yujing.cli.explain:explain", "Everything behind a score and a card."),
    ("digest", "yujing.cli.state:digest", "SHA-256 of the canonical content."),
    ("rebuild", "yujing.cli.state:rebuild", "Make the state again from the log."),
    ("quality", "yujing.cli.quality:quality", "What rules of data quality found, by source."),
    ("doubles", "yujing.cli.doubles:app", "People who may be registered twice."),
    ("deadletters", "yujing.cli.deadletters:app", "Rows that could not be taken."),
    ("sources", "yujing.cli.sources:app", "What departments promised, what came, what is paused."),
    ("packages", "yujing.cli.packages:app", "Sealed files for systems without a network path."),
    ("users", "yujing.cli.users:app", "Accounts."),
    ("tokens", "yujing.cli.tokens:app", "Tokens of the sources at the HTTP door."),
    ("mappings", "yujing.cli.mappings:app", "How the sheets of departments become events."),
    (
        "policy",
        "yujing.cli.policy:app",
        "Lines, amounts, deadlines, capacity with source and validity.",
    ),
    ("report", "yujing.cli.report:app", "Monthly and annual reports: frozen, compared, signed."),
    ("schema", "yujing.cli.schema:schema", "Schema of every event and of the HTTP door."),
    (
        "serve",
        "yujing.cli.serve:serve",
        "Serve the pages and the HTTP door; sweep and deal every day.",
    ),
    ("migrate", "yujing.cli.migrate:migrate", "Bring the tables of every store up to date."),
    ("backup", "yujing.cli.backup:backup", "One consistent point of everything, while it serves."),
    ("restore", "yujing.cli.backup:restore", "Make a county from a backup."),
    (
        "worker",
        "yujing.cli.worker:worker",
        "Take events from Kafka, score, raise alerts; one of many.",
    ),
    ("dashboards", "yujing.cli.dashboards:app", "The boards in Grafana, and who may read them."),
    ("topics", "yujing.cli.topics:app", "The topics of Kafka beside those that are needed."),
    ("doctor", "yujing.cli.doctor:doctor", "What is wrong with this installation, and the mend."),
)
ABOUT = "预警: early warning of job loss and of falling back into poverty."


def overview() -> str:
    """Return the help of the whole, made of the list alone: loading the parser takes longer."""
    width = max(len(name) for name, _, _ in COMMANDS)
    lines = [f"  {name:<{width}}  {text}" for name, _, text in COMMANDS]
    return (
        f"Usage: yujing COMMAND [--help]\n\n{ABOUT}\n\nCommands:\n"
        + "\n".join(lines)
        + "\n\nSettings come from YUJING_* variables; docs/settings.md lists them.\n"
    )
