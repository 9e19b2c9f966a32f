import SQLText

/// A small database with one of everything, and what PostgreSQL 15 was seen to do in one like it.
enum LockLaboratory {
  struct Case: Sendable {
    let sql: String
    /// The strongest lock on each table, view or sequence that was there before.
    let locks: [String: LockMode]
    /// The tables and views that got new files.
    let rewritten: Set<String>

    init(_ sql: String, _ locks: [String: LockMode], _ rewritten: Set<String> = []) {
      self.sql = sql
      self.locks = locks
      self.rewritten = rewritten
    }
  }

  static let setup = """
    create schema lab;
    set search_path = lab;
    create table parent (id bigint primary key, label text);
    insert into parent select n, 'p' from generate_series(1, 50) n;
    create type mood as enum ('sad', 'ok');
    create domain dpos as int;
    create sequence sq;
    create table t (
      id bigint primary key, a int, b varchar(20), c text, d timestamp, e int default 1,
      f numeric(10, 2), j json, ip cidr, nn int not null, m mood, p_id bigint,
      constraint c_nn check (c is not null)
    );
    insert into t (id, a, b, c, d, f, j, ip, nn, p_id)
      select n, n, 'b', 'c', now(), 1, '{}', '10.0.0.0/8', n, n from generate_series(1, 50) n;
    create index t_c on t (c);
    create unique index t_a_u on t (a);
    alter table t add constraint chk_nv check (nn > 0) not valid;
    alter table t add constraint fk_nv foreign key (p_id) references parent (id) not valid;
    create view v as select id, a from t;
    create materialized view mv as select id, c from t;
    create unique index mv_u on mv (id);
    create table part (id int) partition by range (id);
    create table part1 partition of part for values from (0) to (10);
    create table part2 (id int);
    create table dt (d dpos);
    create table tree (id int) partition by list (id);
    create table tree1 partition of tree for values in (1);
    create table tree_rest partition of tree default;
    create table leaf (id int);
    create table mother (a int);
    create domain dpositive as int check (value > 0);
    create domain citext_like as text;
    create function lab_volatile() returns int language plpgsql as 'begin return 1; end';
    create function trg() returns trigger language plpgsql as 'begin return new; end';
    create trigger trig before insert on parent for each row execute function trg();
    create policy pol on parent using (true);
    create rule quiet as on delete to parent do also nothing;
    create publication pub;
    """

  static let cases: [Case] = [
    Case("alter table t add column n1 int", ["t": .accessExclusive]),
    Case("alter table t add column n1 int default 5", ["t": .accessExclusive]),
    Case("alter table t add column n1 int not null default 5", ["t": .accessExclusive]),
    Case("alter table t add column n1 timestamptz default now()", ["t": .accessExclusive]),
    Case("alter table t add column n1 float default random()", ["t": .accessExclusive], ["t"]),
    Case(
      "alter table t add column n1 uuid default gen_random_uuid()",
      ["t": .accessExclusive],
      ["t"]
    ),
    Case(
      "alter table t add column n1 int generated always as (a*2) stored",
      ["t": .accessExclusive],
      ["t"]
    ),
    Case("alter table t add column n1 serial", ["t": .accessExclusive], ["t"]),
    Case(
      "alter table t add column n1 int generated always as identity",
      ["t": .accessExclusive],
      ["t"]
    ),
    Case(
      "alter table t add column n1 bigint references parent(id)",
      ["parent": .shareRowExclusive, "t": .accessExclusive]
    ),
    Case("alter table t add column n1 int unique", ["t": .accessExclusive]),
    Case("alter table t drop column j", ["t": .accessExclusive]),
    Case("alter table t drop column a cascade", ["t": .accessExclusive, "v": .accessExclusive]),
    Case("alter table t rename column c to c2", ["t": .accessExclusive]),
    Case("alter table t rename to t2", ["t": .accessExclusive]),
    Case("alter table t set schema public", ["t": .accessExclusive]),
    Case("alter table t alter column a set default 3", ["t": .accessExclusive]),
    Case("alter table t alter column nn drop not null", ["t": .accessExclusive]),
    Case("alter table t alter column a set not null", ["t": .accessExclusive]),
    Case("alter table t alter column c set not null", ["t": .accessExclusive]),
    Case("alter table t alter column nn type bigint", ["t": .accessExclusive], ["t"]),
    Case("alter table t alter column b type varchar(50)", ["t": .accessExclusive]),
    Case("alter table t alter column b type text", ["t": .accessExclusive]),
    Case("alter table t alter column b type varchar(10)", ["t": .accessExclusive], ["t"]),
    Case(
      "set timezone='UTC'; alter table t alter column d type timestamptz",
      ["t": .accessExclusive]
    ),
    Case(
      "set timezone='Europe/Berlin'; alter table t alter column d type timestamptz",
      ["t": .accessExclusive],
      ["t"]
    ),
    Case("alter table t alter column f type numeric(12,2)", ["t": .accessExclusive]),
    Case("alter table t alter column f type numeric(12,4)", ["t": .accessExclusive], ["t"]),
    Case("alter table t alter column ip type inet", ["t": .accessExclusive]),
    Case("alter table t alter column j type jsonb", ["t": .accessExclusive], ["t"]),
    Case("alter table t add constraint ck1 check (a>0)", ["t": .accessExclusive]),
    Case("alter table t add constraint ck1 check (a>0) not valid", ["t": .accessExclusive]),
    Case("alter table t validate constraint chk_nv", ["t": .shareUpdateExclusive]),
    Case(
      "alter table t add constraint f1 foreign key (p_id) references parent(id)",
      ["parent": .shareRowExclusive, "t": .shareRowExclusive]
    ),
    Case(
      "alter table t add constraint f1 foreign key (p_id) references parent(id) not valid",
      ["parent": .shareRowExclusive, "t": .shareRowExclusive]
    ),
    Case(
      "alter table t validate constraint fk_nv",
      ["parent": .rowShare, "t": .shareUpdateExclusive]
    ),
    Case("alter table t add constraint u1 unique (id,a)", ["t": .accessExclusive]),
    Case("alter table t add constraint u1 unique using index t_a_u", ["t": .accessExclusive]),
    Case(
      "alter table parent add constraint ex1 exclude using btree (id with =)",
      ["parent": .accessExclusive]
    ),
    Case(
      "alter table t drop constraint fk_nv",
      ["parent": .accessExclusive, "t": .accessExclusive]
    ),
    Case("create index on t(b)", ["t": .share]),
    Case("drop index t_c", ["t": .accessExclusive]),
    Case("reindex index t_c", ["t": .share]),
    Case("reindex table t", ["t": .share]),
    Case(
      "create trigger tg before insert on t for each row execute function trg()",
      ["t": .shareRowExclusive]
    ),
    Case("alter table t disable trigger all", ["t": .shareRowExclusive]),
    Case("alter table t enable row level security", ["t": .accessExclusive]),
    Case("create policy p1 on t using (true)", ["t": .accessExclusive]),
    Case("truncate t", ["t": .accessExclusive], ["t"]),
    Case(
      "truncate parent cascade",
      ["parent": .accessExclusive, "t": .accessExclusive],
      ["parent", "t"]
    ),
    Case("cluster t using t_c", ["t": .accessExclusive], ["t"]),
    Case("alter table t set tablespace pg_default", ["t": .accessExclusive]),
    Case("alter table t set unlogged", ["t": .accessExclusive], ["t"]),
    Case("alter table t set (fillfactor=80)", ["t": .shareUpdateExclusive]),
    Case("alter table t alter column c set statistics 500", ["t": .shareUpdateExclusive]),
    Case("alter table t alter column c set storage external", ["t": .accessExclusive]),
    Case("alter table t owner to opsh_lab_role", ["t": .accessExclusive]),
    Case("grant select on t to opsh_lab_role", [:]),
    Case("comment on table t is 'x'", ["t": .shareUpdateExclusive]),
    Case(
      "alter table part attach partition part2 for values from (10) to (20)",
      ["part": .shareUpdateExclusive, "part2": .accessExclusive]
    ),
    Case(
      "alter table part detach partition part1",
      ["part": .accessExclusive, "part1": .accessExclusive]
    ),
    Case("refresh materialized view mv", ["mv": .accessExclusive, "t": .accessShare], ["mv"]),
    Case("refresh materialized view concurrently mv", ["mv": .exclusive, "t": .accessShare]),
    Case("create view v2 as select * from t", ["t": .accessShare]),
    Case(
      "create or replace view v as select id,a from t",
      ["t": .accessShare, "v": .accessExclusive]
    ),
    Case("drop view v", ["v": .accessExclusive]),
    Case(
      "drop table t cascade",
      [
        "mv": .accessExclusive, "parent": .accessExclusive, "t": .accessExclusive,
        "v": .accessExclusive,
      ]
    ),
    Case("create table t9 (like t including all)", ["t": .accessShare]),
    Case("create table t9 as select * from t limit 1", ["t": .accessShare]),
    Case(
      "create table t9(id int, pid bigint references parent(id))",
      ["parent": .shareRowExclusive]
    ),
    Case("alter type mood add value 'happy'", [:]),
    Case("alter type mood rename value 'ok' to 'fine'", [:]),
    Case("alter domain dpos add constraint pos check (value>0)", ["dt": .share]),
    Case("create statistics st1 on a,b from t", ["t": .shareUpdateExclusive]),
    Case("analyze t", ["t": .shareUpdateExclusive]),
    Case("lock table t", ["t": .accessExclusive]),
    Case("update t set a=a where id<=50000", ["t": .rowExclusive]),
    Case("delete from t where id<=50000", ["t": .rowExclusive]),
    Case("select * from t where id=1 for update", ["t": .rowShare]),
    Case("alter sequence sq restart with 5", ["sq": .shareRowExclusive]),
    Case("create rule r1 as on insert to t do also nothing", ["t": .accessExclusive]),
    Case("alter table t alter column id add generated always as identity", ["t": .accessExclusive]),
    Case("alter table t alter column e drop default", ["t": .accessExclusive]),
    Case("create publication pb for table t", ["t": .shareUpdateExclusive]),
  ]
  /// What the facts do not list; only the server says what is right.
  static let others = [
    "alter table t drop column p_id", "drop table parent cascade", "drop schema lab cascade",
    "alter table t rename constraint c_nn to c_nn2", "comment on column t.a is 'x'",
    "comment on constraint c_nn on t is 'x'", "create table p3 partition of tree for values in (3)",
    "alter table tree attach partition leaf for values in (5)",
    "alter table tree detach partition tree1", "alter table tree add column x int",
    "alter table tree alter column id set not null", "create index on tree (id)",
    "truncate tree", "update tree set id = id", "drop table tree", "lock table tree in share mode",
    "alter table tree add constraint k check (id > 0) not valid",
    "create table heir () inherits (t)", "create table heir (like t including all)",
    "alter table t cluster on t_c", "alter table t replica identity full",
    "alter table t alter column a set (n_distinct = 5)",
    "alter table t set (autovacuum_enabled = off)",
    "alter table t set (user_catalog_table = true)", "alter index t_c rename to t_c2",
    "alter index t_c set (fillfactor = 80)", "alter view v rename to v3",
    "alter view v owner to opsh_lab_role",
    "alter materialized view mv rename to mv3", "drop materialized view mv", "drop sequence sq",
    "alter sequence sq owned by t.a", "alter table t disable trigger user",
    "alter policy pol on parent to public",
    "drop policy pol on parent", "drop trigger trig on parent",
    "alter trigger trig on parent rename to trig2",
    "create constraint trigger tg after insert on t from parent for each row execute function trg()",
    "merge into t using parent p on t.id = p.id when matched then delete",
    "with gone as (delete from t where id = 1 returning id) insert into parent (id) select id + 100 from gone",
    "select * from v", "select * from t join parent p on p.id = t.p_id for share of p",
    "insert into t (id, c, nn) values (99, 'c', 1)", "copy t (id) to '/dev/null'",
    "alter table t alter column c set storage plain, alter column a set statistics 5",
    "alter table t add constraint p2 primary key using index t_a_u, drop constraint t_pkey",
    "alter domain dpos set not null",
    "alter domain dpos add constraint pos check (value > 0) not valid",
    "alter table t add column dn dpositive", "alter table t add column dn dpos",
    "alter table t add column lab_f int default lab_volatile()",
    "alter table t add column n1 int check (n1 > 0)",
    "alter table t add column n1 bigint default 1 references parent (id)",
    "alter publication pub add table t",
    "alter table t no force row level security", "alter table t set logged",
    "alter table t force row level security",
    "drop index t_a_u", "drop view v", "drop table dt", "drop domain dpos cascade",
    "drop type mood cascade",
    "alter type mood add value if not exists 'sad'", "alter table t drop constraint t_pkey",
    "alter table t validate constraint chk_nv, validate constraint fk_nv",
    "alter table t alter column a type bigint using a::bigint",
    "alter table t alter column c type text using c",
    "alter table t alter column c type text using upper(c)",
    "alter table part2 alter column id set not null",
    "create unlogged table u9 (id int)", "select a into s9 from t", "truncate only t, dt",
    "create or replace view v9 as select 1", "refresh materialized view mv with no data",
    "analyze parent, t",
    "alter table t inherit mother", "alter table t rename column a to a2",
    "create sequence s9 owned by t.a",
    "alter table t alter constraint fk_nv deferrable", "alter table t enable always trigger all_t",
    "create unique index on t (b, id)", "alter table t alter column e set default 7, drop column j",
    "reindex (verbose) table t", "drop rule quiet on parent", "alter table t disable rule none",
  ]

  /// Old and new types of a column: whether the table is written anew is the server's to say.
  static let types = [
    "varchar(20)", "varchar(50)", "varchar", "text", "char(5)", "char(9)", "numeric",
    "numeric(10,2)",
    "numeric(12,2)", "numeric(12,4)", "int", "bigint", "oid", "timestamp",
    "timestamp(3)",
    "timestamptz", "timestamptz(3)", "time", "time(2)", "interval", "interval(3)", "cidr", "inet",
    "json",
    "jsonb", "varbit(8)", "varbit", "int[]", "varchar(5)[]", "xml", "bit(4)", "bit(8)",
    "interval day to second", "regclass", "citext_like",
  ]
}
