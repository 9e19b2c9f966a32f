internal import Postgres
internal import Values

/// The tables of the control database, as a list of versions: each is a step from the one before.
///
/// Of what was promised or done nothing can be changed afterwards: those tables take new rows only.
/// That is kept by triggers, so it also holds for a login that was granted too much.
enum ControlSchema {
  static let name = "opsh_control"
  /// The version that this opsh works with.
  static let known = versions.count

  /// Tables that only grow, and those whose rows change.
  static let growing = ["approval", "head", "pause", "takeover"]
  static let changing = ["lock"]

  static let versions: [[String]] = [first]

  /// What stands in the database; nothing where there is no schema.
  static func version(in session: ControlSession) throws(Failure) -> Int? {
    let present = try session.rows("select to_regclass('opsh_control.version') is not null")
    guard present.first?.first == "t" else { return nil }
    let found = try session.rows("select max(number) from opsh_control.version")
    return found.first?.first?.flatMap { Int($0) }
  }

  private static let first =
    [
      """
      create function opsh_control.stamp() returns trigger
      language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        new.who := session_user;
        new.at := clock_timestamp();
        return new;
      end $$
      """,
      """
      create function opsh_control.keep() returns trigger
      language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        raise exception 'rows of % are never changed or deleted', tg_table_name
          using errcode = '55000';
      end $$
      """,
      """
      create function opsh_control.guard_lock() returns trigger
      language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        if tg_op = 'UPDATE' then
          if (new.stack, new.environment) is distinct from (old.stack, old.environment)
            or new.epoch < old.epoch
          then
            raise exception 'an epoch never goes back' using errcode = '55000';
          end if;
          if old.run is not null and new.run is distinct from old.run and new.epoch = old.epoch
            and not (new.run is null and old.who = session_user)
          then
            raise exception 'the lock of run % is not yours', old.run using errcode = '55000';
          end if;
          if new.run = old.run and new.epoch = old.epoch and old.who = session_user then
            new.who := old.who;
            new.since := old.since;
            return new;
          end if;
        end if;
        new.who := case when new.run is not null then session_user end;
        new.since := case when new.run is not null then clock_timestamp() end;
        return new;
      end $$
      """,
      """
      create table opsh_control.lock (
        stack text not null, environment text not null, epoch bigint not null,
        run text, who text, host text, step text, since timestamptz, reason text,
        primary key (stack, environment))
      """,
      """
      create trigger guard before insert or update on opsh_control.lock
        for each row execute function opsh_control.guard_lock()
      """,
      """
      create trigger keep before delete on opsh_control.lock
        for each row execute function opsh_control.keep()
      """,
      """
      create table opsh_control.takeover (
        stack text not null, environment text not null, epoch bigint not null,
        run text not null, host text, reason text not null, from_run text, from_who text,
        who text not null, at timestamptz not null, primary key (stack, environment, epoch))
      """,
      """
      create table opsh_control.head (
        stack text not null, run text not null, head text not null, records bigint not null,
        who text not null, at timestamptz not null, primary key (stack, run, head))
      """,
      """
      create table opsh_control.pause (
        stack text not null, run text not null, step text not null, shown text not null,
        needed int not null, content text not null,
        who text not null, at timestamptz not null, primary key (stack, run, step, shown))
      """,
      """
      create table opsh_control.approval (
        stack text not null, run text not null, step text not null, shown text not null,
        who text not null, at timestamptz not null, primary key (stack, run, step, shown, who),
        foreign key (stack, run, step, shown) references opsh_control.pause)
      """,
      """
      create function opsh_control.guard_approval() returns trigger
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        if exists (
          select from opsh_control.pause p
          where (p.stack, p.run, p.step, p.shown) = (new.stack, new.run, new.step, new.shown)
            and p.who = session_user)
        then
          raise exception 'whoever started a step does not approve it' using errcode = '55000';
        end if;
        return new;
      end $$
      """,
      """
      create trigger second_person before insert on opsh_control.approval
        for each row execute function opsh_control.guard_approval()
      """,
    ]
    + growing.flatMap { table in
      [
        """
        create trigger stamp before insert on opsh_control.\(table)
          for each row execute function opsh_control.stamp()
        """,
        """
        create trigger keep before update or delete on opsh_control.\(table)
          for each row execute function opsh_control.keep()
        """,
      ]
    }
    + (growing + changing).map { table in
      """
      create trigger keep_all before truncate on opsh_control.\(table)
        for each statement execute function opsh_control.keep()
      """
    }
}
