"""The process group of a training job, from MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist

from landfall_runtime.failure import JobFailure

RENDEZVOUS_TIMEOUT = timedelta(minutes=10)
RESOLVE_SECONDS = 60.0


@dataclass(frozen=True)
class Place:
    """Where the ranks meet, and which one this is."""

    rank: int
    world_size: int
    address: str
    port: int


@dataclass(frozen=True)
class Group:
    """This process within its group."""

    rank: int
    world_size: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether this is the rank that writes."""
        return self.rank == 0


@contextmanager
def process_group(env: Mapping[str, str]) -> Iterator[Group]:
    """Joins the group: nccl where there are GPUs, else gloo. Without WORLD_SIZE it is a group of one."""
    place = read_place(env)
    device = own_device()
    address = resolve(place.address)
    if address.startswith(("127.", "::1")) and "GLOO_SOCKET_IFNAME" not in env:
        os.environ["GLOO_SOCKET_IFNAME"] = loopback_interface()
    dist.init_process_group(
        "nccl" if device.type == "cuda" else "gloo",
        store=open_store(place, address),
        rank=place.rank,
        world_size=place.world_size,
    )
    yield Group(place.rank, place.world_size, device)
    # Only after success: after a failure the other ranks must find our result, not a closed connection, first.
    dist.destroy_process_group()


def read_place(env: Mapping[str, str]) -> Place:
    """The rendezvous as the training operator describes it."""
    try:
        place = Place(
            rank=int(env.get("RANK", "0")),
            world_size=int(env.get("WORLD_SIZE", "1")),
            address=env.get("MASTER_ADDR", "127.0.0.1"),
            port=int(env.get("MASTER_PORT", "0")),
        )
    except ValueError as error:
        raise JobFailure("BadRendezvous", f"RANK, WORLD_SIZE and MASTER_PORT must be numbers: {error}.") from None
    if place.world_size > 1 and not place.port:
        raise JobFailure(
            "BadRendezvous",
            f"WORLD_SIZE is {place.world_size}, but MASTER_PORT is not set.",
            "Start every rank with the same MASTER_ADDR and MASTER_PORT.",
        )
    return place


def own_device() -> torch.device:
    """The GPU of this rank, else the CPU. A pod sees only its own GPUs; without torchrun it has one rank."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


def resolve(
    host: str, seconds: float = RESOLVE_SECONDS, lookup: Callable = socket.getaddrinfo, sleep: Callable = time.sleep
) -> str:
    """The address of the master; its name may take a while to appear in the cluster's DNS."""
    for _ in range(int(seconds)):
        try:
            return lookup(host, None, type=socket.SOCK_STREAM)[0][4][0]
        except socket.gaierror:
            sleep(1)
    raise JobFailure("NoMaster", f"MASTER_ADDR {host} has no address.", "Look at the master's pod and its service.")


def open_store(place: Place, address: str) -> dist.Store:
    """The store that the ranks meet at.

    Rank 0 listens on the master's own address with a socket it made itself: TCPStore alone listens on all of them.
    Where torchrun has started the ranks, it listens itself, as it tells them.
    """
    if place.world_size == 1:
        return dist.HashStore()
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True":
        return dist.TCPStore(address, place.port, place.world_size, is_master=False, timeout=RENDEZVOUS_TIMEOUT)
    is_master = place.rank == 0
    return dist.TCPStore(
        address,
        place.port,
        place.world_size,
        is_master,
        timeout=RENDEZVOUS_TIMEOUT,
        master_listen_fd=listen(address, place.port).detach() if is_master else None,
    )


def listen(address: str, port: int) -> socket.socket:
    """A listening socket on one address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=1024)
    except OSError as error:
        raise JobFailure(
            "BadRendezvous",
            f"Rank 0 cannot listen on {address}:{port}: {error.strerror}.",
            "MASTER_ADDR must be an address of rank 0's own machine, and MASTER_PORT free.",
        ) from error


def loopback_interface() -> str:
    """The name of the loopback interface: lo on Linux, lo0 on macOS."""
    return next((name for _, name in socket.if_nameindex() if name.startswith("lo")), "lo")
