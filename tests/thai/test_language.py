"""Papers are Thai whatever the screen speaks, also while two are made at once."""

import threading

from django.utils import translation

from sammachip.thai.language import in_thai


def test_each_goes_back_to_its_own_language():
    inside, both = threading.Event(), threading.Event()
    languages = {}

    @in_thai
    def paper(waits):
        if waits:
            inside.set()
            both.wait(5)

    def english():
        with translation.override("en"):
            paper(waits=True)
            languages["english"] = translation.get_language()

    thread = threading.Thread(target=english)
    thread.start()
    inside.wait(5)
    with translation.override("th"):
        paper(waits=False)
        both.set()
        thread.join(5)
        languages["thai"] = translation.get_language()
    assert languages == {"english": "en", "thai": "th"}


def test_the_words_are_thai():
    assert in_thai(translation.get_language)() == "th"
