"""Speaks with the suite through the official gRPC client for Python and prints what it got as one JSON document.

client.py STUBS INGESTION QUERY SITE INGEST_KEY READ_KEY
"""

import json
import sys

sys.path.insert(0, sys.argv[1])

import grpc
import rpc_status_pb2
from sessionplatform.events.v1 import events_pb2
from sessionplatform.ingestion.v1 import ingestion_pb2, ingestion_pb2_grpc
from sessionplatform.query.v1 import query_pb2, query_pb2_grpc
from sessionplatform.sessions.v1 import sessions_pb2

_, _, ingestion_address, query_address, site, ingest_key, read_key = sys.argv
SECONDS = 60


def bearer(key):
    return (("authorization", "Bearer " + key),)


def page_view(visitor, path):
    return events_pb2.Event(site_id=site, visitor_id=visitor, kind="pageview", url=path)


def failure(call):
    """Code, message and the violations in the trailers of a call that fails."""
    try:
        call()
    except grpc.RpcError as error:
        trailers = dict(error.trailing_metadata())
        fields = []
        if "grpc-status-details-bin" in trailers:
            status = rpc_status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
            assert status.code == error.code().value[0], status
            for detail in status.details:
                bad_request = rpc_status_pb2.BadRequest()
                if detail.Unpack(bad_request):
                    fields += [violation.field for violation in bad_request.field_violations]
        return {"code": error.code().name, "details": error.details(), "fields": fields}
    return {"code": "OK", "details": "", "fields": []}


def track(ingestion):
    answer, call = ingestion.Track.with_call(
        ingestion_pb2.TrackRequest(events=[page_view("python", "/first"), page_view("", "/nobody")]),
        metadata=bearer(ingest_key), timeout=SECONDS)
    return {
        "code": call.code().name,
        "accepted": [verdict.accepted for verdict in answer.verdicts],
        "fields": [violation.field for violation in answer.verdicts[1].violations],
    }


def track_stream(ingestion):
    def batches():
        for sequence in (1, 2, 3):
            yield ingestion_pb2.TrackStreamRequest(
                sequence=sequence,
                events=[page_view("python-stream", "/%d" % sequence), events_pb2.Event(site_id=site, kind="pageview")])

    call = ingestion.TrackStream(batches(), metadata=bearer(ingest_key), timeout=SECONDS)
    acks = list(call)
    return {
        "code": call.code().name,
        "durable_through": [ack.durable_through for ack in acks],
        "accepted": sum(ack.accepted for ack in acks),
        "rejects": [[reject.sequence, reject.index] for ack in acks for reject in ack.rejects],
    }


def wait(query):
    answers = query.Wait(query_pb2.WaitRequest(), metadata=bearer(read_key), timeout=SECONDS)
    return [query_pb2.WaitResponse.Phase.Name(answer.phase) for answer in answers][-1]


def list_sessions(query):
    answer = query.ListSessions(
        sessions_pb2.ListSessionsRequest(site_id=site), metadata=bearer(read_key), timeout=SECONDS)
    return sorted([session.visitor_id, session.page_views] for session in answer.sessions)


def main():
    with grpc.insecure_channel(ingestion_address) as to_ingestion, grpc.insecure_channel(query_address) as to_query:
        ingestion = ingestion_pb2_grpc.IngestionStub(to_ingestion)
        query = query_pb2_grpc.QueryStub(to_query)
        one = ingestion_pb2.TrackRequest(events=[page_view("python", "/x")])
        many = ingestion_pb2.TrackRequest(events=[page_view("python", "/x")] * 1001)
        page = sessions_pb2.ListSessionsRequest(site_id=site, page_size=5000)
        elsewhere = sessions_pb2.ListSessionsRequest(site_id="some-other-site")
        print(json.dumps({
            "track": track(ingestion),
            "no_key": failure(lambda: ingestion.Track(one, timeout=SECONDS)),
            "wrong_key": failure(lambda: ingestion.Track(one, metadata=bearer("wrong"), timeout=SECONDS)),
            "too_many": failure(lambda: ingestion.Track(many, metadata=bearer(ingest_key), timeout=SECONDS)),
            "stream": track_stream(ingestion),
            "stream_wrong_key": failure(
                lambda: list(ingestion.TrackStream(iter(()), metadata=bearer("wrong"), timeout=SECONDS))),
            "wait": wait(query),
            "sessions": list_sessions(query),
            "page_too_large": failure(lambda: query.ListSessions(page, metadata=bearer(read_key), timeout=SECONDS)),
            "other_site": failure(lambda: query.ListSessions(elsewhere, metadata=bearer(read_key), timeout=SECONDS)),
        }))


main()
