"""Environment variables: a bad value stops the start with a sentence."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard.settings import env

NETWORKS = ("ds_efficientnet", "cnn_lstm")


def test_a_choice_is_its_first_word_unless_another_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LECTERN_BASIC_NETWORK", raising=False)
    assert env.choice("LECTERN_BASIC_NETWORK", among=NETWORKS) == "ds_efficientnet"
    monkeypatch.setenv("LECTERN_BASIC_NETWORK", "cnn_lstm")
    assert env.choice("LECTERN_BASIC_NETWORK", among=NETWORKS) == "cnn_lstm"


def test_an_unknown_word_names_the_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_BASIC_NETWORK", "resnet")
    with pytest.raises(ImproperlyConfigured, match="one of ds_efficientnet, cnn_lstm, not 'resnet'"):
        env.choice("LECTERN_BASIC_NETWORK", among=NETWORKS)
