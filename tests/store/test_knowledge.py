"""The seeds go into the database once and come back as they were."""

import asyncio
from dataclasses import fields, is_dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.errors import StoreError
from seeds.model import Contact, Matter, Measure, Plan, Point, Question, Seeds
from store.database import Database
from store.repositories import KnowledgeRepository
from tests.store.factories import some_seeds


def assert_same(left: Seeds, right: Seeds) -> None:
    """The same in content and in order; documents' segments aren't stored."""
    for field in fields(Seeds):
        if field.name != "documents":
            here, there = getattr(left, field.name), getattr(right, field.name)
            assert here == there, field.name
            assert list(here) == list(there), field.name


async def test_what_was_loaded_is_read_back_in_content_and_order(database: Database) -> None:
    seeds = some_seeds()
    async with database.session() as session:
        assert await KnowledgeRepository(session).replace_all(seeds, "abc")
    async with database.session() as session:
        knowledge = KnowledgeRepository(session)
        assert await knowledge.checksum() == "abc"
        assert_same(await knowledge.load(), seeds)


def test_the_seeds_of_these_tests_fill_every_field_so_that_none_is_forgotten() -> None:
    seeds = some_seeds()
    items = [*seeds.plans.values(), *seeds.measures.values(), *seeds.points.values(), *seeds.contacts.values()]
    items += [*seeds.matters.values(), *seeds.questions]
    for kind in (Plan, Measure, Point, Contact, Matter, Question):
        assert is_dataclass(kind)
        for field in fields(kind):
            assert any(getattr(item, field.name) for item in items if isinstance(item, kind)), (kind, field.name)


async def test_the_same_checksum_changes_nothing(database: Database) -> None:
    async with database.session() as session:
        await KnowledgeRepository(session).replace_all(some_seeds(), "abc")
    async with database.session() as session:
        assert not await KnowledgeRepository(session).replace_all(Seeds(), "abc")
        assert (await KnowledgeRepository(session).load()).points


async def test_another_checksum_replaces_everything(session: AsyncSession) -> None:
    knowledge = KnowledgeRepository(session)
    await knowledge.replace_all(some_seeds(), "abc")
    assert await knowledge.replace_all(some_seeds("改过的一句。"), "def")
    assert (await knowledge.load()).points["shanghai-2024/3.2#1"].text == "改过的一句。"
    assert await knowledge.replace_all(Seeds(), "none")
    assert_same(await knowledge.load(), Seeds())


async def test_seeds_that_do_not_resolve_leave_the_old_ones_in_place(database: Database) -> None:
    async with database.session() as session:
        await KnowledgeRepository(session).replace_all(some_seeds(), "abc")
    broken = some_seeds("neu")
    del broken.contacts["putuo_tax"]
    with pytest.raises(StoreError):
        async with database.session() as session:
            await KnowledgeRepository(session).replace_all(broken, "def")
    async with database.session() as session:
        assert await KnowledgeRepository(session).checksum() == "abc"
        assert_same(await KnowledgeRepository(session).load(), some_seeds())


async def test_loading_from_two_places_at_once_happens_once(database: Database) -> None:
    async def load() -> bool:
        async with database.session() as session:
            return await KnowledgeRepository(session).replace_all(some_seeds(), "abc")

    assert sorted(await asyncio.gather(load(), load(), load())) == [False, False, True]
    async with database.session() as session:
        assert_same(await KnowledgeRepository(session).load(), some_seeds())


async def test_an_empty_database_knows_nothing(session: AsyncSession) -> None:
    assert await KnowledgeRepository(session).checksum() is None
    assert_same(await KnowledgeRepository(session).load(), Seeds())
