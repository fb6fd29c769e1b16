"""The item bank: items, versions, QTI, scoring one response to one item, compiled banks."""

from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.checking import CaseResult, check_cases
from itembank.compiling import compile_bank
from itembank.errors import (
    ItemBankError,
    NotInBankError,
    PackageError,
    PlanError,
    Problem,
    ReleaseError,
    ResponseError,
    RulesError,
)
from itembank.plan import AreaPlan, AssessmentPlan, plan_from_data, read_plan
from itembank.qti import ItemSource, Metadata, StimulusSource, read_item, read_stimulus
from itembank.responses import check_response
from itembank.scoring import score
from itembank.snapshot import bank_bytes, bank_from_bytes
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
    "Interaction",
    "ItemBankError",
    "ItemScore",
    "ItemSource",
    "Metadata",
    "NotInBankError",
    "PackageError",
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
    "bank_bytes",
    "bank_from_bytes",
    "check_cases",
    "check_response",
    "compile_bank",
    "plan_from_data",
    "read_item",
    "read_plan",
    "read_stimulus",
    "score",
]
