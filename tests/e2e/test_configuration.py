"""Configuration over a real server: states, reasons, repairs, completion, validation and a session."""

from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from quotewright.v1 import configuration_pb2 as pb
from quotewright.v1 import configuration_service_pb2 as service_pb
from quotewright.v1 import configuration_service_pb2_grpc as stubs
from quotewright.v1 import quote_pb2

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def configuration(start):
    where = ("--rules", str(ROOT / "rules/sample"), "--catalog", str(ROOT / "catalog/sample"))
    _, address = start(*where, "--address", "127.0.0.1:0")
    with grpc.insecure_channel(address) as channel:
        yield stubs.ConfigurationServiceStub(channel)


def server(*choices, product="SRV-R1", **more):
    return pb.Configuration(product=product, choices=choices, **more)


def chosen(name, quantity=0):
    return pb.Choice(name=name, quantity=quantity)


def rejected(name):
    return pb.Choice(name=name, selected=False)


def states(response):
    options = {option.path: option for group in response.groups for option in group.options}
    return {
        path: pb.OptionStatus.Name(option.status).removeprefix("OPTION_STATUS_") for path, option in options.items()
    }


def violations(error):
    details = error_details_pb2.BadRequest()
    rpc_status.from_call(error.value).details[0].Unpack(details)
    return [(item.field, item.reason) for item in details.field_violations]


def test_the_first_screen_has_the_defaults(configuration):
    response = configuration.Configure(service_pb.ConfigureRequest(configuration=server()))
    assert response.exact
    assert states(response)["processor/CPU-08"] == "SELECTED"
    processor = response.groups[0]
    assert (processor.path, processor.min_options, processor.max_options) == ("processor", 1, 1)
    assert processor.options[0].set_by == pb.SET_BY_DEFAULT
    assert (processor.options[0].quantity, processor.options[0].max_quantity) == (1, 2)


def test_a_click_forces_and_excludes_with_reasons(configuration):
    request = service_pb.ConfigureRequest(
        configuration=server(chosen("CPU-32"), chosen("SSD-1920", 6)), reasons=pb.REASONS_MINIMAL
    )
    response = configuration.Configure(request)
    found = states(response)
    assert found["processor/CPU-08"] == "EXCLUDED"
    assert found["controller/RAID-08"] == "FORCED"
    assert found["power/PSU-1200"] == "FORCED"
    options = {option.path: option for group in response.groups for option in group.options}
    reason = options["controller/RAID-08"].reason
    assert [(item.id, item.file, item.line) for item in reason.constraints] == [
        ("sas-controller", "configuration/SRV-R1.yaml", 17)
    ]
    assert [choice.name for choice in reason.choices] == ["SSD-1920"]
    assert response.notices[0].severity == "recommend"
    assert response.notices[0].options == ["system/OS-DC"]


def test_propagated_answers_say_so(configuration):
    request = service_pb.ConfigureRequest(configuration=server(), precision=pb.PRECISION_PROPAGATED)
    assert not configuration.Configure(request).exact


def test_why_an_option_is_excluded(configuration):
    request = service_pb.ExplainRequest(configuration=server(chosen("CPU-32")), name="PSU-0800")
    response = configuration.Explain(request)
    assert response.status == pb.OPTION_STATUS_EXCLUDED
    assert "supply-by-processor" in {item.id for item in response.reason.constraints}
    assert [choice.name for choice in response.reason.choices] == ["CPU-32"]
    request.name = "NIC-25G2"
    assert configuration.Explain(request).status == pb.OPTION_STATUS_SELECTABLE


def test_contradictory_choices_are_answered_with_the_ways_out(configuration):
    contradictory = server(chosen("CPU-32"), chosen("PSU-0800"), chosen("SSD-1920"), rejected("RAID-08"))
    response = configuration.Configure(service_pb.ConfigureRequest(configuration=contradictory))
    assert response.HasField("conflict")
    assert set(states(response).values()) == {"UNDETERMINED", "SELECTED", "EXCLUDED"}
    repair = configuration.Repair(service_pb.RepairRequest(configuration=contradictory))
    assert repair.complete
    given_up = {tuple(sorted(choice.name for choice in item.choices)) for item in repair.give_up}
    assert given_up == {
        ("CPU-32", "SSD-1920"), ("CPU-32", "RAID-08"), ("PSU-0800", "SSD-1920"), ("PSU-0800", "RAID-08"),
    }  # fmt: skip
    assert configuration.Repair(service_pb.RepairRequest(configuration=server())).conflict.ListFields() == []


def test_the_cheapest_completion_is_proved(configuration):
    request = service_pb.CompleteRequest(configuration=server(chosen("CPU-32")), currency="EUR")
    response = configuration.Complete(request)
    assert response.possible
    assert response.proved
    assert response.total == response.lower_bound
    paths = {option.path: option.quantity for option in response.options}
    assert paths["processor/CPU-32"] == 1
    assert paths["power/PSU-1200"] == 2
    assert not response.unpriced
    assert response.values[0].path == "rack_depth"


def test_any_completion_keeps_the_defaults_and_is_valid(configuration):
    response = configuration.Complete(service_pb.CompleteRequest(configuration=server(chosen("CPU-16", 2))))
    options = [chosen(option.path, option.quantity) for option in response.options]
    assert {"rails/RAIL-STD", "memory/MEM-016"} <= {option.name for option in options}
    values = [pb.Choice(name=value.path, value=value.value) for value in response.values]
    assert configuration.Validate(
        service_pb.ValidateRequest(configuration=server(*options, *values))
    ).valid  # fmt: skip


def test_what_an_invalid_configuration_breaks(configuration):
    bad = server(
        chosen("CPU-32", 2), chosen("PSU-0800"), chosen("MEM-016", 16), chosen("MEM-032", 1), chosen("NIC-1G4")
    )
    response = configuration.Validate(service_pb.ValidateRequest(configuration=bad))
    assert not response.valid
    broken = {item.id for item in response.broken}
    assert broken == {"memory-slots", "supply-by-processor", "attribute rack_depth"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (server(chosen("CPU-33"), chosen("MEM-016", 99)), [("configuration.choices[0].name", "UNKNOWN_OPTION"),
                                                           ("configuration.choices[1]", "OUT_OF_RANGE")]),
        (server(context=[chosen("rack_dept")]), [("configuration.context[0].name", "UNKNOWN_OPTION")]),
        (server(pb.Choice(name="rack_depth", value=quote_pb2.FactValue(number="650"))),
         [("configuration.choices[0]", "OUT_OF_RANGE")]),
        (pb.Configuration(date="soon"), [("configuration.product", "REQUIRED"), ("configuration.date", "NOT_A_DATE")]),
        (server(pb.Choice(quantity=-1)), [("configuration.choices[0].name", "REQUIRED"),
                                          ("configuration.choices[0].quantity", "OUT_OF_RANGE"),
                                          ("configuration.choices[0].name", "UNKNOWN_OPTION")]),
    ],
)  # fmt: skip
def test_bad_requests_are_told_whole(configuration, request_, expected):
    with pytest.raises(grpc.RpcError) as error:
        configuration.Configure(service_pb.ConfigureRequest(configuration=request_))
    assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert violations(error) == expected


def test_a_product_that_is_not_configurable(configuration):
    with pytest.raises(grpc.RpcError) as error:
        configuration.Configure(service_pb.ConfigureRequest(configuration=server(product="SRV-R")))
    assert error.value.code() == grpc.StatusCode.NOT_FOUND
    assert "did you mean 'SRV-R1'?" in error.value.details()


def test_a_millisecond_is_honoured(configuration):
    request = service_pb.ConfigureRequest(configuration=server(chosen("CPU-16"), chosen("MEM-064", 3)), time_limit_ms=1)
    response = configuration.Configure(request, timeout=5)
    assert states(response)["processor/CPU-16"] == "SELECTED"


def test_a_session_goes_step_by_step(configuration):
    steps = [
        service_pb.SessionRequest(choose=chosen("CPU-32")),
        service_pb.SessionRequest(start=server()),
        service_pb.SessionRequest(choose=chosen("CPU-32")),
        service_pb.SessionRequest(choose=chosen("CPU-99")),
        service_pb.SessionRequest(choose=chosen("CPU-32", 2)),
        service_pb.SessionRequest(take_back="CPU-32"),
        service_pb.SessionRequest(take_back="CPU-32"),
        service_pb.SessionRequest(),
    ]
    answers = list(configuration.Session(iter(steps)))
    assert [answer.WhichOneof("outcome") for answer in answers] == [
        "error", "state", "state", "error", "state", "state", "error", "error",
    ]  # fmt: skip
    assert states(answers[2].state)["power/PSU-0800"] == "EXCLUDED"
    assert answers[4].state.groups[0].options[2].quantity == 2
    assert states(answers[5].state) == states(answers[1].state)
