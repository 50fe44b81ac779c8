"""Documents that are made from the code must be what the code makes now."""

from pathlib import Path

import pytest

from auditor.catalog import load_catalog
from docs.generate import FOLDER, PAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_current(name: str) -> None:
    stored = (FOLDER / name).read_text(encoding="utf-8")
    assert stored == PAGES[name]().rstrip() + "\n", "run 'make docs' and commit the result"


def test_readme_has_exactly_two_setup_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("```sh", 1)[1].split("```", 1)[0]
    commands = [line.split("#")[0].strip() for line in block.strip().splitlines()]
    assert commands == ["make demo", "make test"]


def test_every_link_inside_the_project_leads_somewhere() -> None:
    import re

    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_configuration_in_the_readme_is_read(tmp_path: Path) -> None:
    from auditor.settings import Settings, read_config

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    config = tmp_path / "auditor.toml"
    config.write_text(readme.split("```toml", 1)[1].split("```", 1)[0], encoding="utf-8")
    settings = Settings(**read_config(config))
    assert settings.min_coverage == 90
    assert settings.aws.role_arn
    assert settings.exemptions[0].check in {c.id for c in load_catalog().checks}


def test_every_command_in_the_readme_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Each option that the README gives to a command is one that the command has."""
    import re

    from typer.testing import CliRunner

    from auditor.cli.app import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    used = re.findall(r"\$ auditor ([a-z]+(?: show| who-can| can| paths)?)([^\n#>]*)", readme)
    assert used
    for command, rest in used:
        help_text = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"}).output
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in help_text, f"auditor {command} has no {option}"
