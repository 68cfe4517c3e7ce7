"""Write or check the catalogs; see ``script/messages``."""

from __future__ import annotations

import sys

from tests.support.catalogs import files
from tests.support.catalogs.extraction import DOMAINS, ROOT


def main() -> int:
    """Write every file, or with ``--check`` say what is wrong."""
    is_check = sys.argv[1:] == ["--check"]
    stale = 0
    for path, content in files.wanted_files():
        if path.exists() and path.read_bytes() == content:
            continue
        stale += 1
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        sys.stdout.write(f"{'out of date' if is_check else 'written'}: {path.relative_to(ROOT)}\n")
    found = 0
    for language in files.TRANSLATED:
        for domain in DOMAINS:
            problems = list(files.problems(language, domain))
            found += len(problems)
            for problem in problems[: None if is_check else 5]:
                sys.stdout.write(f"{language} {domain}: {problem}\n")
            sys.stdout.write(f"{language} {domain}: {len(problems)} problems\n")
    return 1 if is_check and (stale or found) else 0


if __name__ == "__main__":
    sys.exit(main())
