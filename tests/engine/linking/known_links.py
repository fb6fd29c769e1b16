"""Published links: parameters and results of Kolen & Brennan and of STUIRT.

The tables stand in the tests of Meyer's `psychometrics` library (github meyerjp3/psychometrics,
irt/equating/*Test.java), with the results of Kolen's program STUIRT: "book" is the example of Kolen & Brennan
(2004, ch. 6, form X linked to form Y) without its item 27, taken there with D = 1; "mixed" is STUIRT's example
2, with D = 1.7, of 12 three-parameter and 5 generalised partial-credit items.
"""

from __future__ import annotations

import numpy as np

from engine import ItemParameters, Quadrature
from engine.models import Kind

D = 1.7  # the metric of the mixed example

BOOK_X = ItemParameters(
    np.array(
        [0.455118, 0.583871, 0.754398, 0.663274, 1.068977, 0.967194, 0.347868, 1.457918, 0.701952, 1.407967, 1.299285]
    ),
    np.array(
        [-0.710086, -0.856669, 0.021221, 0.050618, 0.961047, 0.194976, 2.276794, 1.024128, 2.240131, 1.555634, 2.158933]
    ),
    np.array(
        [0.208748, 0.203834, 0.159961, 0.123961, 0.298628, 0.053538, 0.148927, 0.24527, 0.08529, 0.078897, 0.10753]
    ),
    np.ones(11),
)
BOOK_Y = ItemParameters(
    np.array(
        [0.441595, 0.572995, 0.598719, 0.604125, 0.990164, 0.808079, 0.413973, 1.355437, 0.633562, 1.134661, 0.925521]
    ),
    np.array(
        [
            -1.334933, -1.321004, -0.709831, -0.353942, 0.531956, -0.115649,
            2.553812, 0.581109, 1.896027, 1.079013, 2.133706,
        ]
    ),
    np.array(
        [0.155883, 0.191298, 0.117663, 0.081759, 0.302443, 0.064791, 0.240967, 0.224322, 0.079396, 0.063009, 0.125873]
    ),
    np.ones(11),
)  # fmt: skip

BOOK_NODES = np.array([-4.0, -3.111, -2.222, -1.333, -0.4444, 0.4444, 1.333, 2.222, 3.111, 4.0])
BOOK_DENSITY_X = np.array([0.0001008, 0.00276, 0.03021, 0.142, 0.3149, 0.3158, 0.1542, 0.03596, 0.003925, 0.0001862])
BOOK_DENSITY_Y = np.array([0.0001173, 0.003242, 0.03449, 0.1471, 0.3148, 0.311, 0.1526, 0.03406, 0.00251, 0.0001116])


def distribution(nodes: np.typing.NDArray[np.float64], density: np.typing.NDArray[np.float64]) -> Quadrature:
    return Quadrature(nodes, density / density.sum())


def uniform(lower: float, upper: float, n_nodes: int) -> Quadrature:
    return Quadrature(np.linspace(lower, upper, n_nodes), np.full(n_nodes, 1.0 / n_nodes))


def mixed(
    logistic: list[tuple[float, float, float]], polytomous: list[tuple[float, float, list[float]]]
) -> ItemParameters:
    """Items of PARSCALE's form: step k of a polytomous item is its location less category parameter k."""
    a, b, c = np.array(logistic).T
    steps = [location - np.array(category) for _, location, category in polytomous]
    slopes = [D * slope for slope, _, _ in polytomous]
    return ItemParameters.join(
        [
            ItemParameters(D * a, b, c, np.ones_like(a)),
            ItemParameters.from_steps(Kind.PARTIAL_CREDIT, slopes, steps),
        ]
    )


MIXED_X = mixed(
    [
        (0.751335, -0.897391, 0.244001),
        (0.955947, -0.811477, 0.242883),
        (0.497206, -0.858681, 0.260893),
        (0.724000, -0.123911, 0.243497),
        (0.865200, 0.205889, 0.319135),
        (0.658129, 0.555228, 0.277826),
        (1.082118, 0.950549, 0.157979),
        (0.988294, 1.377501, 0.084828),
        (1.248923, 1.614355, 0.181874),
        (1.116682, 2.353932, 0.246856),
        (0.438171, 3.217965, 0.309243),
        (1.082206, 4.441864, 0.192339),
    ],
    [
        (0.269994, 0.003998, [1.097268, -1.097268]),
        (0.972506, 1.632662, [0.106514, -0.106514]),
        (0.378812, 3.464657, [2.102301, -2.102301]),
        (0.537706, 1.010053, [-0.476513, 1.081282, -0.604770]),
        (0.554506, 2.432938, [1.007525, -0.197767, -0.809758]),
    ],
)
MIXED_Y = mixed(
    [
        (0.887276, -1.334798, 0.134406),
        (1.184412, -1.129004, 0.237765),
        (0.609412, -1.464546, 0.151393),
        (0.923812, -0.576435, 0.240097),
        (0.822776, -0.476357, 0.192369),
        (0.707818, -0.235189, 0.189557),
        (1.306976, 0.242986, 0.165553),
        (1.295471, 0.598029, 0.090557),
        (1.366841, 0.923206, 0.172993),
        (1.389624, 1.380666, 0.238008),
        (0.293806, 2.028070, 0.203448),
        (0.885347, 3.152928, 0.195473),
    ],
    [
        (0.346324, -0.494115, [0.893232, -0.893232]),
        (1.252012, 0.856264, [0.099750, -0.099750]),
        (0.392282, 2.825801, [1.850498, -1.850498]),
        (0.660841, 0.342977, [-0.300428, 0.761846, -0.461417]),
        (0.669612, 1.643267, [1.001974, -0.107221, -0.894753]),
    ],
)
