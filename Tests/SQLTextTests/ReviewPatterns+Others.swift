import SQLText

extension ReviewPattern {
  static let others: [ReviewPattern] = [
    ReviewPattern(
      "alter table t disable trigger all",
      [.disableTrigger],
      safe: [
        "alter table t enable trigger all",
        "create trigger x before insert on t for each row execute function f()",
      ]
    ),
    ReviewPattern(
      "alter table t enable row level security",
      [.enableRowSecurity],
      safe: [
        "alter table t enable row level security; create policy p on t using (true)",
        "create table n (a int); alter table n enable row level security",
        "create policy p on t using (true)", "alter table t owner to r",
        "create rule r as on insert to t do also nothing",
      ]
    ),
    ReviewPattern("alter table t disable row level security", [.disableRowSecurity], safe: []),
    ReviewPattern(
      "alter type e add value 'x'; insert into t values ('x')",
      [.enumValueInUse],
      safe: [
        "alter type e add value 'x'", "alter type e add value 'x'; insert into t values ('y')",
        "begin; alter type e add value 'x'; commit; insert into t values ('x')",
        "create type e as enum ('x'); create table n (a e default 'x')",
      ]
    ),
    ReviewPattern(
      "alter type e add value 'x'; alter table t alter a set default 'x'::e",
      [.enumValueInUse],
      safe: []
    ),
    ReviewPattern(
      "alter type e rename value 'a' to 'b'",
      [.renameEnumValue],
      safe: ["create type e as enum ('a'); alter type e rename value 'a' to 'b'"]
    ),
    ReviewPattern(
      "set local lock_timeout = '1s'",
      [.setLocalOutside],
      safe: ["set local lock_timeout = '1s'; select 1", "set lock_timeout = '1s'"]
    ),
    ReviewPattern("begin; select 1", [.transactionControl], safe: ["begin; select 1; commit"]),
    ReviewPattern(
      "begin; begin; select 1; commit",
      [.transactionControl],
      safe: ["begin; savepoint a; rollback to a; commit"]
    ),
    ReviewPattern(
      "create table n (id serial primary key)",
      [.integerKey],
      safe: ["create table n (id bigint primary key, a int)", "create table n (a int unique)"]
    ),
    ReviewPattern(
      "create table n (id int, constraint k primary key (id))",
      [.integerKey],
      safe: []
    ),
    ReviewPattern(
      "create table n (\(String(repeating: "a", count: 64)) int)",
      [.longName],
      safe: [
        "create table n (\(String(repeating: "a", count: 63)) int)",
        "comment on table t is '\(String(repeating: "a", count: 99))'",
      ]
    ),
    ReviewPattern(
      "alter role r password 'secret'",
      [.passwordInText],
      safe: [
        "alter role r password null", "create role r login",
        "alter role r password 'SCRAM-SHA-256$4096:salt$key:key'",
      ]
    ),
    ReviewPattern(
      "do $$ begin execute 'drop table t'; end $$",
      [.opaqueCode],
      safe: [
        "create function f() returns int language plpgsql as 'begin delete from t; end'",
        "create or replace function f() returns int language sql as 'select 1'",
        "comment on table t is 'drop table t'", "create extension if not exists pgcrypto",
      ]
    ),
    ReviewPattern(
      "-- opsh:ignore drop-table because it is empty\nselect 1",
      [.unusedIgnore],
      safe: [
        "-- opsh:ignore drop-table because it is empty\n-- really\n\ndrop table t",
        "alter table t\n  -- opsh:ignore drop-column because nobody reads it\n  drop column a",
        "select '-- opsh:ignore drop-table because it is text'",
      ]
    ),
    ReviewPattern(
      "-- opsh:ignore drop-table\ndrop table t",
      [.unusedIgnore, .dropTable],
      safe: []
    ),
    ReviewPattern(
      "-- opsh:ignore drop-table because one\ndrop table t, u",
      [.dropTable],
      safe: []
    ),
    ReviewPattern("copy t from program 'x'", [.opaqueCode], safe: ["copy t from '/x'"]),
    ReviewPattern("select lo_import('/x')", [.opaqueCode], safe: ["select lower('x')"]),
    ReviewPattern(
      "grant select on t to public",
      [.grantPublic],
      safe: ["grant select on t to r", "revoke all on t from public"]
    ),
    ReviewPattern(
      "alter system set work_mem = '1GB'",
      [.alterSystem],
      safe: ["set work_mem = '1GB'"]
    ),
    ReviewPattern(
      "select pg_terminate_backend(pid) from pg_stat_activity",
      [.terminatesSessions],
      safe: ["select pg_terminate_backend(17)"]
    ),
    ReviewPattern(
      "select setval('s', 1)",
      [.sequenceValue],
      safe: ["select setval('s', (select max(id) from t))"]
    ),
    ReviewPattern(
      "lock table t",
      [.lockTable],
      safe: ["lock table t in row exclusive mode", "create table n (a int); lock table n"]
    ),
    ReviewPattern(
      "alter table t add a int; alter table t alter a set expression as (b)",
      [.notReadable],
      safe: ["alter table t add a int; alter table t alter a drop expression"]
    ),
    ReviewPattern("\\connect other\nselect 1", [.notReadable], safe: ["-- \\connect\nselect 1"]),
    ReviewPattern(
      "copy t from stdin;\n1\tDROP TABLE x;\n\\.\nselect 1;\n\\q",
      [.notReadable, .notReadable],
      safe: []
    ),
  ]
}
