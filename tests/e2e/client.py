"""substrate-interface (Python) against a running chain: `client.py URL KIND`."""
import logging
import sys

from substrateinterface import Keypair, SubstrateInterface

AMOUNT = 4_567_890_123_456
url, kind = sys.argv[1:3]
failures = 0
logging.disable(logging.CRITICAL)


def check(name, body):
    """Prints one line for one check; `body` raises to fail and may return a note."""
    global failures
    try:
        note = body()
        print(f"ok {kind}: substrate-interface: {name}" + (f" ({note})" if note else ""), flush=True)
    except Exception as error:  # any failure of the library is a failed check, told in one line
        failures += 1
        reason = (str(error) or type(error).__name__).splitlines()[0]
        print(f"FAIL {kind}: substrate-interface: {name}: {reason}", flush=True)


def ensure(condition, what):
    if not condition:
        raise AssertionError(what)


chain = SubstrateInterface(url=url, auto_reconnect=False)
alice, bob = (Keypair.create_from_uri(uri) for uri in ("//Alice", "//Bob"))


def free(pair):
    return chain.query("System", "Account", [pair.ss58_address]).value["data"]["free"]


def call(module, function, **params):
    return chain.compose_call(call_module=module, call_function=function, call_params=params)


def transfer(amount):
    return call("Balances", "transfer_keep_alive", dest=bob.ss58_address, value=amount)


def submit(composed, pair, era=None):
    signed = chain.create_signed_extrinsic(call=composed, keypair=pair, era=era)
    return chain.submit_extrinsic(signed, wait_for_finalization=True)


def decodes_metadata():
    modules = {module.value["name"]: module for module in chain.get_metadata().pallets}
    for name in ("System", "Timestamp", "Balances", "Sudo", "Utility", "Models"):
        ensure(name in modules, f"pallet {name} is missing")
    ensure(chain.get_constant("Balances", "ExistentialDeposit").value > 0, "no existential deposit")
    return f"{len(modules)} pallets"


def reads_accounts():
    ensure(free(alice) > AMOUNT, "Alice has nothing to send")
    accounts = {key.value for key, _ in chain.query_map("System", "Account")}
    ensure(alice.ss58_address in accounts, "Alice is not among the accounts")


fee = {}
sent = {}


def dry_runs_fee():
    fee["estimate"] = chain.get_payment_info(transfer(AMOUNT), alice)["partialFee"]
    ensure(fee["estimate"] > 0, "the fee is 0")
    return str(fee["estimate"])


def sends_transfer():
    before = free(bob)
    receipt = sent["receipt"] = submit(transfer(AMOUNT), alice)
    ensure(receipt.is_success, f"dispatch failed: {receipt.error_message}")
    ensure(free(bob) - before == AMOUNT, "Bob did not receive the amount")


def reads_events():
    events = {}
    for record in sent["receipt"].triggered_events:
        event = record.value["event"]
        events[f"{event['module_id']}.{event['event_id']}"] = event["attributes"]
    for name in ("Balances.Transfer", "TransactionPayment.TransactionFeePaid", "System.ExtrinsicSuccess"):
        ensure(name in events, f"no {name} among {', '.join(events)}")
    ensure(events["Balances.Transfer"]["amount"] == AMOUNT, "another amount in Transfer")
    paid = events["TransactionPayment.TransactionFeePaid"]["actual_fee"]
    ensure(0 < paid <= fee["estimate"], f"paid {paid}, estimated {fee['estimate']}")
    ensure(sent["receipt"].total_fee_amount == paid, "the receipt names another fee")


def fails(composed, name):
    receipt = submit(composed, bob)
    ensure(not receipt.is_success, "the call did not fail")
    error = receipt.error_message
    ensure(error["type"] == "Module" and error["name"] == name, f"error is {error}")


def decodes_pallet_error():
    fails(call("Sudo", "sudo", call=call("System", "remark", remark="0x00")), "RequireSudo")


def decodes_registry_error():
    fails(call("Models", "deprecate", model=4_000_000_000), "UnknownModel")


def decodes_token_error():
    composed = call("Balances", "transfer_keep_alive", dest=alice.ss58_address, value=free(bob) + 1)
    receipt = submit(composed, bob)
    ensure(not receipt.is_success, "the call did not fail")
    failed = [record.value["event"] for record in receipt.triggered_events]
    reason = [event["attributes"] for event in failed if event["event_id"] == "ExtrinsicFailed"]
    ensure(reason and reason[0]["dispatch_error"] == {"Token": "FundsUnavailable"}, f"error is {reason}")


def sends_mortal():
    ensure(submit(transfer(AMOUNT), alice, {"period": 64}).is_success, "dispatch failed")


check("decodes the metadata", decodes_metadata)
check("reads an account and walks over all", reads_accounts)
check("dry-runs the fee", dry_runs_fee)
check("sends a transfer and watches it to finality", sends_transfer)
check("reads the events", reads_events)
check("decodes an error: of a pallet", decodes_pallet_error)
check("decodes an error: of the model registry", decodes_registry_error)
check("decodes an error: of the token", decodes_token_error)
check("sends a mortal transaction", sends_mortal)
sys.exit(1 if failures else 0)
