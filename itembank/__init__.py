"""The item bank: items, versions, QTI, scoring one response to one item, compiled banks."""

from itembank.assessments import Assessment, assessments, load_assessment
from itembank.banks import check_design, read_bank
from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.checking import CaseResult, check_cases
from itembank.choosing import adaptive_bank, strategy_of
from itembank.classical import (
    ItemStatistics,
    Measurement,
    PartStatistics,
    add_statistics,
    load_statistics,
    measurements_of,
)
from itembank.compiling import compile_bank
from itembank.designs import Design, Exposure, ItemFilter, Selection, Stopping, design_from_text, read_design
from itembank.differences import Difference, differences
from itembank.drawing import drawn_view, pupil_view, template_seed
from itembank.errors import (
    BankFileError,
    DesignFileError,
    FrameworkError,
    ItemBankError,
    LifeCycleError,
    MoveFault,
    NotInBankError,
    PackageError,
    PartlyRefusedError,
    Problem,
    ReleaseError,
    ResponseError,
    RulesError,
)
from itembank.exporting import export_package
from itembank.frameworks import Framework, Goal, read_framework
from itembank.goals import frameworks, save_framework, unknown_goals
from itembank.history import count_states, history_of, move_item, states, versions_of
from itembank.importing import Arrival, ImportReport, import_package, inspect_package
from itembank.known_designs import design_text_of, known_tests, save_design
from itembank.lifecycle import Change, State
from itembank.likeness import Likeness, near_duplicates
from itembank.media import Media
from itembank.parameters import item_parameters, parameters_of
from itembank.qti import ItemSource, Metadata, StimulusSource, read_item, read_stimulus
from itembank.release import (
    add_calibration,
    calibrations,
    load_bank,
    load_calibration,
    release_bank,
    released_banks,
)
from itembank.rendering.cards import EXPLANATION, TRANSCRIPT, without_cards
from itembank.rendering.item_table import item_table_page
from itembank.responses import check_response
from itembank.scoring import score
from itembank.searching import Hit, Hits, Wanted, index_words, search_items
from itembank.shuffling import arranged
from itembank.snapshot import bank_bytes, bank_from_bytes
from itembank.store import ItemSummary, count_items, items, load_item, load_media, load_stimulus
from itembank.tabulating import items_csv
from itembank.values import (
    CompiledBank,
    DeliveryView,
    Interaction,
    ItemScore,
    Response,
    ResponseField,
    ResponseValue,
    Scale,
    StimulusView,
)
from itembank.weighing import WeightBudget

__all__ = [
    "EXPLANATION",
    "TRANSCRIPT",
    "Arrival",
    "Assessment",
    "BankFileError",
    "CalibratedItem",
    "CalibrationVersion",
    "CaseResult",
    "Change",
    "CompiledBank",
    "DeliveryView",
    "Design",
    "DesignFileError",
    "Difference",
    "Exposure",
    "Framework",
    "FrameworkError",
    "Goal",
    "Hit",
    "Hits",
    "ImportReport",
    "Interaction",
    "ItemBankError",
    "ItemFilter",
    "ItemScore",
    "ItemSource",
    "ItemStatistics",
    "ItemSummary",
    "LifeCycleError",
    "Likeness",
    "Measurement",
    "Media",
    "Metadata",
    "MoveFault",
    "NotInBankError",
    "PackageError",
    "PartStatistics",
    "PartlyRefusedError",
    "Problem",
    "ReleaseError",
    "Response",
    "ResponseError",
    "ResponseField",
    "ResponseValue",
    "RulesError",
    "Scale",
    "Selection",
    "State",
    "StimulusSource",
    "StimulusView",
    "Stopping",
    "Wanted",
    "WeightBudget",
    "adaptive_bank",
    "add_calibration",
    "add_statistics",
    "arranged",
    "assessments",
    "bank_bytes",
    "bank_from_bytes",
    "calibrations",
    "check_cases",
    "check_design",
    "check_response",
    "compile_bank",
    "count_items",
    "count_states",
    "design_from_text",
    "design_text_of",
    "differences",
    "drawn_view",
    "export_package",
    "frameworks",
    "history_of",
    "import_package",
    "index_words",
    "inspect_package",
    "item_parameters",
    "item_table_page",
    "items",
    "items_csv",
    "known_tests",
    "load_assessment",
    "load_bank",
    "load_calibration",
    "load_item",
    "load_media",
    "load_statistics",
    "load_stimulus",
    "measurements_of",
    "move_item",
    "near_duplicates",
    "parameters_of",
    "pupil_view",
    "read_bank",
    "read_design",
    "read_framework",
    "read_item",
    "read_stimulus",
    "release_bank",
    "released_banks",
    "save_design",
    "save_framework",
    "score",
    "search_items",
    "states",
    "strategy_of",
    "template_seed",
    "unknown_goals",
    "versions_of",
    "without_cards",
]
