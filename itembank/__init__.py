"""The item bank: items, versions, QTI, scoring one response to one item, compiled banks."""

from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.checking import CaseResult, check_cases
from itembank.compiling import compile_bank
from itembank.errors import (
    ItemBankError,
    NotInBankError,
    PackageError,
    PartlyRefusedError,
    PlanError,
    Problem,
    ReleaseError,
    ResponseError,
    RulesError,
)
from itembank.exporting import export_package
from itembank.importing import ImportReport, import_package, inspect_package
from itembank.media import Media
from itembank.plan import AreaPlan, AssessmentPlan, plan_from_data, read_plan
from itembank.qti import ItemSource, Metadata, StimulusSource, read_item, read_stimulus
from itembank.release import (
    add_calibration,
    calibrations,
    load_bank,
    load_calibration,
    release_bank,
    released_banks,
)
from itembank.rendering.item_table import item_table_page
from itembank.responses import check_response
from itembank.scoring import score
from itembank.snapshot import bank_bytes, bank_from_bytes
from itembank.store import ItemSummary, count_items, items, load_item, load_media, load_stimulus
from itembank.values import (
    CompiledBank,
    DeliveryView,
    Interaction,
    ItemScore,
    Response,
    ResponseField,
    ResponseValue,
    StimulusView,
)

__all__ = [
    "AreaPlan",
    "AssessmentPlan",
    "CalibratedItem",
    "CalibrationVersion",
    "CaseResult",
    "CompiledBank",
    "DeliveryView",
    "ImportReport",
    "Interaction",
    "ItemBankError",
    "ItemScore",
    "ItemSource",
    "ItemSummary",
    "Media",
    "Metadata",
    "NotInBankError",
    "PackageError",
    "PartlyRefusedError",
    "PlanError",
    "Problem",
    "ReleaseError",
    "Response",
    "ResponseError",
    "ResponseField",
    "ResponseValue",
    "RulesError",
    "StimulusSource",
    "StimulusView",
    "add_calibration",
    "bank_bytes",
    "bank_from_bytes",
    "calibrations",
    "check_cases",
    "check_response",
    "compile_bank",
    "count_items",
    "export_package",
    "import_package",
    "inspect_package",
    "item_table_page",
    "items",
    "load_bank",
    "load_calibration",
    "load_item",
    "load_media",
    "load_stimulus",
    "plan_from_data",
    "read_item",
    "read_plan",
    "read_stimulus",
    "release_bank",
    "released_banks",
    "score",
]
