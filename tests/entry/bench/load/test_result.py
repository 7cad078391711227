from array import array

from dinghuo.entry.bench.load.result import Latency, latency


def test_percentiles_are_figures_that_occurred() -> None:
    assert latency(array("d", [n / 1000 for n in range(100, 0, -1)])) == Latency(
        p50=50.0, p90=90.0, p99=99.0, max=100.0, mean=50.5
    )


def test_one_figure_is_all_percentiles() -> None:
    assert latency(array("d", [0.25])) == Latency(p50=250.0, p90=250.0, p99=250.0, max=250.0, mean=250.0)


def test_nothing_measured_has_no_latency() -> None:
    assert latency(array("d")) is None
