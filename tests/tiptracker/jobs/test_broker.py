"""The file broker: no worker sees a message that is only partly written."""

from pathlib import Path

import pytest
from kombu import Connection

from tiptracker.jobs import broker


@pytest.fixture
def channel(tmp_path):
    folder = str(tmp_path)
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}/control"}
    with Connection(transport=broker.Transport, transport_options=options) as connection:
        yield connection.channel()


def test_a_message_arrives_once_and_in_turn(channel):
    for number in range(3):
        channel._put("celery", {"number": number})
    channel._put("mail", {"number": 3})

    assert [channel._get("celery")["number"] for _ in range(3)] == [0, 1, 2]
    assert channel._size("celery") == 0
    assert channel._get("mail") == {"number": 3}


def test_message_file_gets_its_name_only_when_complete(channel, tmp_path, monkeypatch):
    """kombu's own writes into the file that a worker looks for: one that reads it too early ends."""
    seen = []
    write = Path.write_text

    def look_before_and_after(path, text):
        path.touch()
        seen.append(channel._size("celery"))
        written = write(path, text)
        seen.append(channel._size("celery"))
        return written

    monkeypatch.setattr(Path, "write_text", look_before_and_after)
    channel._put("celery", {"number": 1})

    assert seen == [0, 0]
    assert channel._get("celery") == {"number": 1}
    assert list(tmp_path.glob("*.*")) == []


def test_a_message_that_cannot_be_written_leaves_nothing_behind(channel, tmp_path, monkeypatch):
    def fail(path, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(broker.ChannelError):
        channel._put("celery", {"number": 1})

    assert list(tmp_path.glob("*.*")) == []
