"""Bodies with gaps: taken apart, compressed once, filled in and put together again."""

import gzip

from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from tiptracker.web.kept_body import MAX_PADDING, Gaps, KeptBody

texts = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5)


def kept(pieces, names):
    gaps = Gaps()
    marks = [gaps.mark(name) for name in names]
    page = "".join(piece for pair in zip(pieces, [*marks, ""], strict=True) for piece in pair)
    return KeptBody.of_response(HttpResponse(page), gaps)


@given(pieces=texts, data=st.data())
def test_a_filled_body_is_the_page_with_the_parts_in_its_gaps_also_compressed(pieces, data):
    names = data.draw(
        st.lists(st.sampled_from(["csrf_token", "a/b.html", "ü"]), min_size=len(pieces) - 1, max_size=len(pieces) - 1)
    )
    parts = {name: data.draw(st.text(st.characters(exclude_categories=["Cs"]))) for name in names}

    response = kept(pieces, names).fill(parts)

    whole = pieces[0] + "".join(parts[name] + piece for name, piece in zip(names, pieces[1:], strict=True))
    assert response.content.decode() == whole
    assert gzip.decompress(response.gzipped()).decode() == whole


def test_text_that_looks_like_a_gap_is_no_gap():
    body = kept(["gap-0123456789abcdef0123456789abcdef-63.", ""], ["csrf_token"])

    assert body.fill({"csrf_token": "secret"}).content.decode() == "gap-0123456789abcdef0123456789abcdef-63.secret"


def test_the_length_of_a_compressed_page_says_nothing_exact():
    response = kept(["page" * 1000], []).fill({})

    lengths = {len(response.gzipped()) for _ in range(200)}

    assert len(lengths) > 20
    assert max(lengths) - min(lengths) < MAX_PADDING


def test_a_response_keeps_its_headers():
    gaps = Gaps()
    response = HttpResponse("page", headers={"Vary": "HX-Request", "Content-Type": "text/html"})

    filled = KeptBody.of_response(response, gaps).fill({})

    assert dict(filled.headers) == {"Vary": "HX-Request", "Content-Type": "text/html"}
