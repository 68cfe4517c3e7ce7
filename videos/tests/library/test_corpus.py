"""A table of titles and of what people type: each title is found by what means it, and by nothing else."""

import sys
from collections import defaultdict
from pathlib import Path

from streamsite.mongo.collections import collection
from videos.models import Video
from videos.search import index, ordered_results, queries
from videos.search import store as search_store

CORPUS = Path(__file__).with_name("corpus.txt")
LEAST_ROWS, LEAST_LANGUAGES = 300, 25


def rows():
    """``[(language, title, typed, is_found)]``."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    parts = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [
        (language, title, typed, {"yes": True, "no": False}[found]) for language, title, typed, found in parts
    ]


def test_every_title_is_found_by_what_means_it(database, cast, capsys):
    table = rows()
    assert len(table) >= LEAST_ROWS
    assert len({language for language, *_ in table}) >= LEAST_LANGUAGES
    videos = {
        title: cast.unsaved_video(title=title, language=language)
        for title, language in {title: language for language, title, *_ in table}.items()
    }
    Video.objects.bulk_create(videos.values())
    collection(search_store.SEARCH_VIDEOS).insert_many(
        [{"_id": video.pk, **index.build_document(video, "")} for video in videos.values()]
    )
    index.recount_terms()
    wrong = defaultdict(list)
    for language, title, typed, is_found in table:
        for name, look in {
            "best first": queries.find_videos,
            "in an order": ordered_results.find_unordered,
        }.items():
            if (videos[title].pk in look(typed, {}).ids) is not is_found:
                wrong[(language, title, typed, is_found)].append(name)
    with capsys.disabled():
        sys.stdout.write(f"\nsearch corpus: {len(table) - len(wrong)} of {len(table)}\n")
    assert not wrong, "\n".join(f"{row}: {how}" for row, how in wrong.items())
