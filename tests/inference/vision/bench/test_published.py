"""What the papers print, and that the sentences against it are right: their arithmetic is done again here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.bench.published import PublishedError, PublishedTable, published_tables

TABLES = {table.name: table for table in published_tables()}
CLASSES = ("focused", "distracted", "curious", "confused", "tired", "happy")
TEST_COUNTS = np.array([81, 61, 73, 60, 56, 72])


def number(table: str, figure: str) -> float:
    found = next(row.number for row in TABLES[table].rows if row.figure == figure)
    assert found is not None
    return found


def numbers(table: str, start: str) -> list[float]:
    return [row.number for row in TABLES[table].rows if row.figure.startswith(start) and row.number is not None]


def doubted(table: str) -> set[str]:
    return {row.figure for row in TABLES[table].rows if row.doubt}


def is_a_share_of(percent: float, total: int) -> bool:
    hits = np.arange(total + 1)
    return bool((np.abs(100 * hits / total - percent) <= 0.005).any())


def test_every_paper_has_its_tables_after_the_overview() -> None:
    assert list(TABLES) == [
        "overview",
        *("valence-ablation", "valence-parameters"),
        "face-verification",
        *("fusion", "learning-images", "resnet-classes", "networks", "drsn-classes"),
        *("expression-images", "preprocessing", "expression-confusion", "expression-networks"),
        *("ds-ablation", "ds-fer2013", "ds-ckplus"),
    ]


@pytest.mark.parametrize(
    ("table", "rows"),
    [("fusion", 44), ("resnet-classes", 18), ("drsn-classes", 18), ("networks", 6), ("ds-ablation", 12)],
)
def test_every_printed_figure_is_there(table: str, rows: int) -> None:
    assert len(TABLES[table].rows) == rows


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_figures_have_names_of_their_own_and_keys_of_the_right_form(table: PublishedTable) -> None:
    names = [row.figure for row in table.rows]
    assert len(set(names)) == len(names)
    keys = [key for row in table.rows for key in (row.paper, row.subject) if key]
    assert [key for key in keys if not (key.startswith("model.") and key.count(".") == 3)] == []


def test_sentences_end_as_sentences() -> None:
    texts = [text for table in TABLES.values() for row in table.rows for text in (row.doubt, table.note) if text]
    assert [text for text in texts if not text.endswith(".")] == []


def test_gain_by_eca_is_one_image_of_360() -> None:
    test_images = round(0.2 * 1800)
    assert [round(100 * hits / test_images, 2) for hits in (350, 351)] == numbers("valence-ablation", "ResNet18")
    assert doubted("valence-ablation") == {"ResNet18 (Dropout)", "ResNet18 (ECA)"}


def test_saved_parameters_are_not_those_of_eca() -> None:
    head, stem = 513_000 - 1_539, 9_408 - 1_600
    eca = sum(2 * kernel for stage in (3, 5, 5, 5) for kernel in [stage])
    left = 11_689_512 - head - stem + eca
    assert (left, 11_689_512 - left, eca) == (11_170_279, 519_233, 36)
    assert round(100 * 519_233 / 11_689_512, 2) == 4.44
    assert "Fewer than the standard ResNet18, share" in doubted("valence-parameters")


def test_both_accuracies_of_paper_001_are_quoted() -> None:
    assert len(doubted("face-verification")) == 2


@pytest.mark.parametrize("features", ["CNN", "HOG", "SIFT", "Fusion"])
def test_means_of_the_ten_splits_are_right(features: str) -> None:
    splits = [number("fusion", f"Split {k}, {features} features") for k in range(1, 11)]
    assert np.mean(splits) == pytest.approx(number("fusion", f"Mean, {features} features"), abs=0.0051)


def test_images_without_the_happy_ones_are_the_printed_sums() -> None:
    counts = [406, 306, 367, 298, 278, 372]
    assert (sum(counts), sum(counts[:5])) == (2027, 1655)
    for part, whole, printed in (("training", 1624, 1324), ("test", 403, 331)):
        by_class = [number("learning-images", f"{name.capitalize()}, {part}") for name in CLASSES]
        assert (sum(by_class), sum(by_class[:5])) == (whole, printed)
    assert doubted("learning-images") == {"All images", "Training images", "Test images"}


def test_accuracies_of_resnet_and_se_are_no_share_of_the_test_images() -> None:
    for figure in ("ResNet, accuracy", "ResNet_SENet, accuracy"):
        assert not any(is_a_share_of(number("networks", figure), total) for total in (331, 403))
    assert number("networks", "ResNet_SENet, accuracy") - number("networks", "ResNet, accuracy") == pytest.approx(2.62)


def test_recalls_of_drsn_do_not_give_its_accuracy() -> None:
    recalls = numbers("drsn-classes", "Recall")
    assert np.average(recalls, weights=TEST_COUNTS) == pytest.approx(80.25, abs=0.005)
    assert round(100 * 339 / 403, 2) == number("networks", "DRSN, accuracy")
    assert {"ResNet, accuracy", "ResNet_SENet, accuracy", "DRSN, accuracy"} <= doubted("networks")


@pytest.mark.parametrize("table", ["resnet-classes", "drsn-classes"])
def test_f1_is_doubted_where_it_lies_outside_precision_and_recall(table: str) -> None:
    columns = [numbers(table, f"{metric}, ") for metric in ("Precision", "Recall", "F1")]
    outside = {
        f"F1, {name}"
        for name, precision, recall, f1 in zip(CLASSES, *columns, strict=True)
        if not min(precision, recall) <= f1 <= max(precision, recall)
    }
    assert doubted(table) == outside
    assert outside


def test_f1_in_the_sentence_follows_from_precision_and_recall() -> None:
    for table in ("resnet-classes", "drsn-classes"):
        for row in TABLES[table].rows:
            if row.doubt:
                name = row.figure.removeprefix("F1, ")
                precision, recall = (number(table, f"{metric}, {name}") for metric in ("Precision", "Recall"))
                f1 = 2 * precision * recall / (precision + recall)
                told = float(row.doubt.partition(" give ")[2].partition(",")[0])
                assert told == pytest.approx(f1, abs=0.06)


def test_six_expressions_are_fer2013_without_neutral() -> None:
    counts = numbers("expression-images", "")
    assert (len(counts), sum(counts)) == (6, 29_689)
    assert 35_887 - 6_198 == 29_689


def test_gain_by_edges_is_not_three_to_eight_points() -> None:
    gain = number("preprocessing", "Edge enhancement") - number("preprocessing", "Histogram equalisation")
    assert gain == pytest.approx(2.82)
    assert doubted("preprocessing") == {"Edge enhancement"}


def test_rows_of_the_confusion_matrix_do_not_add_up() -> None:
    rows = {
        "Anger": (91.3, 2.6, 0.9),
        "Disgust": (2.7, 90.1, 1.2),
        "Fear": (88.2, 4.8, 1.35, 5.6),
        "Happy": (1.1, 0.9, 92.6),
        "Sad": (0.99, 91.1),
        "Surprise": (0.3, 0.7, 89.2),
    }
    for row in TABLES["expression-confusion"].rows:
        assert f"adds up to {sum(rows[row.figure]):.4g} %" in row.doubt.replace(".0 %", " %")
    assert np.mean(numbers("expression-confusion", "")) == pytest.approx(90.4, abs=0.05)


def test_three_accuracies_of_one_network_are_named() -> None:
    assert number("expression-networks", "LSTM+CNN") - number("expression-networks", "VGG+Focal loss") == pytest.approx(
        9.65
    )
    assert doubted("expression-networks") == {"CNN-LSTM, abstract, seven expressions", "LSTM+CNN"}


def test_accuracy_on_ckplus_is_of_some_86_images() -> None:
    assert [round(100 * hits / total, 2) for hits, total in ((85, 86), (170, 172))] == [98.84, 98.84]
    assert "DS-EfficientNet, accuracy" in doubted("ds-ckplus")


def test_one_network_has_two_accuracies() -> None:
    ablation, comparison = (
        number("ds-ablation", "EfficientNet-B0, FER2013"),
        number("ds-fer2013", "EfficientNet, accuracy"),
    )
    assert (ablation, comparison) == (69.83, 71.56)
    assert not any(is_a_share_of(value, total) for value in (ablation, comparison) for total in (3589, 7178))
    assert number("ds-ablation", "EfficientNet-B0, parameters") == number("ds-fer2013", "EfficientNet, parameters")


@pytest.mark.parametrize("network", ["ResNet50", "MobileNetV2"])
def test_f1_on_ckplus_does_not_go_with_accuracy(network: str) -> None:
    gap = 100 * number("ds-ckplus", f"{network}, F1") - number("ds-ckplus", f"{network}, accuracy")
    assert gap > 3
    assert {f"{network}, F1", f"{network}, accuracy"} <= doubted("ds-ckplus")


def test_parameters_of_vgg16_differ_by_one_digit() -> None:
    assert number("ds-fer2013", "VGG16, parameters") - 138_357_544 == 1_000_000
    assert "VGG16, parameters" in doubted("ds-fer2013")


def test_file_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "published.toml"
    path.write_text('[[table]]\nname = "x"\nunit = "%"\nrows = [{ figure = "a", printed = "1", copied = "1" }]\n')
    with pytest.raises(PublishedError, match="Its head says what"):
        published_tables(path)
