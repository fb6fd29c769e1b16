"""``peil research``: pseudonymised data for researchers."""

from __future__ import annotations

from peil.commands.options import DataFolder, OutputFolder, Wave


def research(wave: Wave, out: OutputFolder, data: DataFolder = None) -> None:
    """Write scores and responses of a wave as Parquet and CSV, with codebook, manifest and checksums.

    Pseudonyms are keyed for research only: they cannot be joined with those of other purposes.
    """
    from rich.console import Console

    from peil.installation import open_installation
    from peil.pipeline import collect_sittings, write_research
    from peil.settings import load_settings

    console = Console()
    with open_installation(load_settings(data)) as installation, console.status("writing research data"):
        dataset = write_research(installation, wave, collect_sittings(installation).records, out)
    console.print(
        f"{dataset.folder}: {dataset.n_scores} scores, {dataset.n_responses} responses"
        + (", simulated" if dataset.simulated else ""),
        soft_wrap=True,
        highlight=False,
    )
