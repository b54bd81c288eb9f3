"""`GET /metrics`: how the media workers and the calls are, for the bureau's own monitoring.

No name, no number and no address of anybody: a call goes by its room, a person by an id.
"""

from __future__ import annotations

from collections.abc import Mapping

from apiflask import APIBlueprint
from flask import Response

from inspection.media.engine import LinkStats, Load, Quality
from server.errors import MediaUnavailable
from server.web.access import only_monitoring
from server.web.exposition import CONTENT_TYPE, Metric, Sample, exposed
from server.web.parts import parts

blueprint = APIBlueprint("metrics", __name__, tag="Integration")

UP = Metric("yunkan_media_worker_up", "1 while this web process has a line to the worker.")

#: By field of `Load`.
WORKER = {
    "cpu": Metric("yunkan_media_worker_cpu_ratio", "Share of one core used over 5 s."),
    "rooms": Metric("yunkan_media_worker_calls", "Calls that are up."),
    "links": Metric("yunkan_media_worker_links", "People connected."),
    "fits": Metric("yunkan_media_worker_calls_fit", "How many more calls it takes at most."),
    "packets": Metric(
        "yunkan_media_worker_packets_total", "Packets in and out since it began.", "counter"
    ),
}

DISK_FREE = Metric("yunkan_recordings_disk_free_bytes", "Where the worker's recorder writes.")
DISK_FULL = Metric("yunkan_recordings_disk_full", "1 while too little is free to record.")

#: By field of `LinkStats`.
LINK = {
    "loss": Metric("yunkan_call_loss_ratio", "Share of packets lost lately, the worse way."),
    "jitter": Metric("yunkan_call_jitter_seconds", "How unevenly packets arrive (RFC 3550)."),
    "round_trip": Metric("yunkan_call_round_trip_seconds", "To the participant and back."),
    "silent": Metric("yunkan_call_silent_seconds", "Since anything came from the participant."),
    "bits_in": Metric("yunkan_call_received_bits_per_second", "From the participant, over 5 s."),
    "bits_out": Metric("yunkan_call_sent_bits_per_second", "To the participant, over 5 s."),
    "packets": Metric("yunkan_call_packets_per_second", "Both ways, over 5 s."),
    "cpu": Metric("yunkan_call_cpu_ratio", "Its part of the worker's share of a core, by packets."),
    "width": Metric("yunkan_call_picture_width_pixels", "Of the participant's camera."),
    "height": Metric("yunkan_call_picture_height_pixels", "Of the participant's camera."),
    "frames": Metric("yunkan_call_pictures_total", "From the participant, so far.", "counter"),
    "recovered": Metric(
        "yunkan_call_recovered_packets_total", "Lost, asked for again, and received.", "counter"
    ),
}
QUALITY = Metric("yunkan_call_quality", "1 for the word an expert sees: good, weak or lost.")

#: Where a link is: by worker, room, role and identity.
Labels = dict[str, str]


@blueprint.get("/metrics")
@only_monitoring
@blueprint.output({}, content_type="text/plain")
def show_metrics() -> Response:
    """Prometheus text format. Every web process tells of all workers: ask one of them."""
    media = parts().media
    loads = media.loads()
    links = [link for name in loads for link in _links_of(name)]
    figures: list[tuple[Metric, list[Sample]]] = [
        (UP, [({"worker": name}, name in loads) for name in media.names()])
    ]
    for field, metric in WORKER.items():
        figures.append(
            (metric, [({"worker": name}, getattr(load, field)) for name, load in loads.items()])
        )
    figures += _disks(loads)
    for field, metric in LINK.items():
        known = ((labels, getattr(link, field)) for labels, link in links)
        figures.append((metric, [sample for sample in known if sample[1] is not None]))
    words = [
        ({**labels, "word": word}, link.quality is word)
        for labels, link in links
        for word in Quality
    ]
    return Response(exposed([*figures, (QUALITY, words)]), content_type=CONTENT_TYPE)


def _disks(loads: Mapping[str, Load]) -> list[tuple[Metric, list[Sample]]]:
    free: list[Sample] = []
    full: list[Sample] = []
    for name, load in loads.items():
        if load.disk_free is not None:
            free.append(({"worker": name}, load.disk_free))
        if load.disk_free is not None or load.disk_full:  # else nobody records there
            full.append(({"worker": name}, load.disk_full))
    return [(DISK_FREE, free), (DISK_FULL, full)]


def _links_of(worker: str) -> list[tuple[Labels, LinkStats]]:
    line = parts().media.line(worker)
    if line is None:
        return []
    try:
        rooms = line.stats_of_all()
    except MediaUnavailable:
        return []  # it has just gone, which the next look tells
    return [
        (
            {"worker": worker, "room": room, "role": link.role, "participant": link.identity},
            link,
        )
        for room, links in rooms.items()
        for link in links
    ]
