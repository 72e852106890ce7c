"""Redirects into the intranet, names that change their machine, and addresses written to deceive lead nowhere."""

import socket
from datetime import datetime
from ipaddress import ip_address

import pytest

from tests.web.site import HOST, here
from zwgk_excel.domain.link_checks import VisitFinding
from zwgk_excel.web.addresses import NotVisitedError, Reach, is_public, listed_host, target_of
from zwgk_excel.web.exchange import tls_context
from zwgk_excel.web.visiting import Visitor

NOW = datetime(2026, 12, 1, 9)
INSIDE = """
    127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 169.254.0.23 100.100.100.200 100.64.0.1
    192.0.0.192 192.0.2.1 198.18.0.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16
    ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    2002:7f00:1:: 2002:a9fe:a9fe:: 2001:0:4136:e378:8000:63bf:80ff:fffe 2001:db8::1 ::127.0.0.1
"""
OUTSIDE = "1.2.4.8 114.114.114.114 2400:3200::1 64:ff9b::102:408"


@pytest.mark.parametrize("address", INSIDE.split())
def test_no_address_of_an_intranet_is_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE.split())
def test_addresses_of_the_internet_are(address):
    assert is_public(ip_address(address))


def visitor(hosts, resolve, networks=()):
    return Visitor(Reach(hosts, networks, resolve=resolve), tls_context(), lambda: NOW)


def test_a_listed_name_that_stands_for_this_machine_is_not_asked(site):
    found = visitor(site.hosts, here).visit(site.url("meta", 1)).visit
    assert (found.finding, found.status) == (VisitFinding.INTERNAL, 0)
    assert site.requests["/meta/1"] == 0


def test_one_inner_address_among_others_is_enough():
    reach = Reach([HOST], resolve=lambda host, port: ["1.2.4.8", "10.0.0.1"])
    with pytest.raises(NotVisitedError):
        reach.addresses(target_of(f"http://{HOST}/"))


def test_the_networks_that_the_office_lists_are_its_own():
    reach = Reach([HOST], ["10.1.2.0/24"], resolve=lambda host, port: ["10.1.2.9"])
    assert reach.addresses(target_of(f"http://{HOST}/")) == ["10.1.2.9"]


def test_a_name_that_changes_its_machine_is_connected_to_as_it_was_checked(site, monkeypatch):
    """The second answer of the resolver would lead elsewhere: nobody asks for it."""
    asked = []

    def changing(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    names, system = [], socket.getaddrinfo

    def noted(host, *rest, **more):
        names.append(host)
        return system(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    found = visitor(site.hosts, changing, ["127.0.0.0/8"]).visit(site.url("meta", 2)).visit
    assert (found.finding, asked) == (VisitFinding.READ, [HOST])
    assert set(names) <= {"127.0.0.1"}


def test_the_next_step_is_judged_by_its_own_address(site):
    answers = iter((["127.0.0.1"], ["127.0.0.2"]))
    found = visitor(site.hosts, lambda host, port: next(answers), ["127.0.0.1/32"]).visit(site.url("moved", 3)).visit
    assert found.finding is VisitFinding.INTERNAL


LED = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://127.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "//169.254.169.254/",
    "http://www.city.test@127.0.0.1/",
    "http://www.city.test.evil.example/",
    "http://www.city.test:22/",
    "https://[",
    "http://www.city.test\t.evil.example/",
]


@pytest.mark.parametrize("place", LED)
def test_a_redirect_leads_to_no_other_host(site, monkeypatch, place):
    monkeypatch.setattr(f"{site.__module__}._Handler._moved", lambda handler, number: handler._lead(place))
    found = visitor(site.hosts, here, ["127.0.0.0/8"]).visit(site.url("moved", 4)).visit
    assert found.finding in {VisitFinding.NOT_LISTED, VisitFinding.NO_LINK}
    assert found.status == 302


@pytest.mark.parametrize(
    ("entry", "link", "allowed"),
    [
        ("www.city.test", "http://WWW.City.Test./a", True),
        ("www.city.test", "https://www.city.test/a", True),
        ("www.city.test", "http://www.city.test:8080/", False),
        ("www.city.test:8080", "http://www.city.test:8080/", True),
        ("*.city.test", "http://a.b.city.test/", True),
        ("*.city.test", "http://city.test/", False),
        ("*.city.test", "http://evilcity.test/", False),
        ("城市.test", "http://城市.test/页面?a=一", True),
        ("city.test", "http://www.city.test/", False),
    ],
)
def test_what_an_entry_of_the_list_allows(entry, link, allowed):
    assert Reach([entry]).lists(target_of(link)) is allowed


NONE = ["", "*", "*.*", "http://a.cn", "a.cn/x", "a b.cn", "*.1.2.3.4", "a.cn:99999", "a@b.cn"]


@pytest.mark.parametrize("entry", NONE)
def test_what_is_no_entry(entry):
    assert listed_host(entry) is None


def test_an_address_in_chinese_is_asked_for_in_ascii():
    assert target_of("http://城市.test/页 面?a=一#b").url == "http://xn--uis47l.test/%E9%A1%B5%20%E9%9D%A2?a=%E4%B8%80"
