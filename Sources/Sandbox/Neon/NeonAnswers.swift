import Values

/// The answers' shapes, by Neon's published API description.
extension NeonService {
  func json(of branch: NeonBranch) -> JSON {
    var members: [JSON.Member] = [
      .init("id", .string(branch.id)), .init("project_id", .string(configuration.projectID)),
    ]
    if let parent = branch.parentID { members.append(.init("parent_id", .string(parent))) }
    if let lsn = branch.parentLSN { members.append(.init("parent_lsn", .string(lsn.description))) }
    if let time = branch.parentTime {
      members.append(.init("parent_timestamp", .string(time.text)))
    }
    members += [
      .init("name", .string(branch.name)),
      .init("current_state", .string(branch.phase.rawValue)),
      .init("state_changed_at", .string(branch.updatedAt.text)),
      .init("logical_size", 31_457_280), .init("creation_source", "console"),
      .init("primary", .bool(branch.isDefault)), .init("default", .bool(branch.isDefault)),
      .init("protected", .bool(branch.isProtected)), .init("init_source", "parent-data"),
      .init("cpu_used_sec", 0), .init("compute_time_seconds", 0),
      .init("active_time_seconds", 0), .init("written_data_bytes", 0),
      .init("data_transfer_bytes", 0), .init("created_at", .string(branch.createdAt.text)),
      .init("updated_at", .string(branch.updatedAt.text)),
    ]
    if let time = branch.expiresAt { members.append(.init("expires_at", .string(time.text))) }
    if let time = branch.lastResetAt { members.append(.init("last_reset_at", .string(time.text))) }
    return .object(members)
  }

  func json(of endpoint: NeonEndpoint) -> JSON {
    var members: [JSON.Member] = [
      .init("id", .string(endpoint.id)), .init("host", "127.0.0.1"),
      .init("project_id", .string(configuration.projectID)),
      .init("branch_id", .string(endpoint.branchID)),
      .init("region_id", .string(configuration.regionID)), .init("type", "read_write"),
      .init("autoscaling_limit_min_cu", 0.25), .init("autoscaling_limit_max_cu", 2),
      .init("current_state", .string(endpoint.phase.rawValue)), .init("settings", [:]),
      .init("pooler_enabled", false), .init("pooler_mode", "transaction"),
      .init("disabled", false), .init("passwordless_access", false),
      .init("creation_source", "console"), .init("provisioner", "k8s-neonvm"),
      .init("proxy_host", "127.0.0.1"), .init("suspend_timeout_seconds", 0),
      .init("created_at", .string(endpoint.createdAt.text)),
      .init("updated_at", .string(endpoint.updatedAt.text)),
    ]
    if let time = endpoint.startedAt {
      members += [
        .init("started_at", .string(time.text)), .init("last_active", .string(time.text)),
      ]
    }
    if let time = endpoint.suspendedAt {
      members.append(.init("suspended_at", .string(time.text)))
    }
    return .object(members)
  }

  func json(of operation: NeonOperation) -> JSON {
    var members: [JSON.Member] = [
      .init("id", .string(operation.id)), .init("project_id", .string(configuration.projectID)),
    ]
    if let branch = operation.branchID { members.append(.init("branch_id", .string(branch))) }
    if let endpoint = operation.endpointID {
      members.append(.init("endpoint_id", .string(endpoint)))
    }
    let age = operation.updatedAt.milliseconds - operation.createdAt.milliseconds
    members += [
      .init("action", .string(operation.action)),
      .init("status", .string(operation.status.rawValue)),
      .init("failures_count", .int(operation.status == .failed ? 1 : 0)),
      .init("created_at", .string(operation.createdAt.text)),
      .init("updated_at", .string(operation.updatedAt.text)),
      .init("total_duration_ms", .int(age)),
    ]
    if let error = operation.error { members.append(.init("error", .string(error))) }
    return .object(members)
  }

  /// A project; the listing's items differ a little from the single one.
  func project(_ state: NeonState, isListed: Bool) -> JSON {
    let created = JSON.string(state.createdAt.text)
    let version = Int64(programs.version)
    var members: [JSON.Member] = [
      .init("id", .string(configuration.projectID)), .init("platform_id", "aws"),
      .init("region_id", .string(configuration.regionID)),
      .init("name", .string(configuration.projectName)), .init("provisioner", "k8s-neonvm"),
      .init("pg_version", .int(version)), .init("proxy_host", "127.0.0.1"),
      .init("branch_logical_size_limit", 204_800),
      .init("branch_logical_size_limit_bytes", 214_748_364_800),
      .init("store_passwords", true), .init("cpu_used_sec", 0),
      .init("creation_source", "console"),
      .init("history_retention_seconds", .int(state.historyRetentionSeconds)),
      .init("created_at", created), .init("updated_at", .string(state.updatedAt.text)),
      .init("owner_id", .string(configuration.organizationID)),
      .init("org_id", .string(configuration.organizationID)),
    ]
    if isListed {
      members.append(.init("active_time", 0))
    } else {
      members += [
        .init("active_time_seconds", 0), .init("compute_time_seconds", 0),
        .init("written_data_bytes", 0), .init("data_transfer_bytes", 0),
        .init("data_storage_bytes_hour", 0), .init("consumption_period_start", created),
        .init("consumption_period_end", "0001-01-01T00:00:00Z"),
      ]
    }
    return .object(members)
  }

  func role(of branch: NeonBranch) -> JSON {
    [
      "branch_id": .string(branch.id), "name": .string(configuration.roleName),
      "protected": false, "created_at": .string(branch.createdAt.text),
      "updated_at": .string(branch.createdAt.text),
    ]
  }

  func database(of branch: NeonBranch) -> JSON {
    [
      "id": 1, "branch_id": .string(branch.id), "name": .string(configuration.databaseName),
      "owner_name": .string(configuration.roleName), "created_at": .string(branch.createdAt.text),
      "updated_at": .string(branch.createdAt.text),
    ]
  }

  func connection(to endpoint: NeonEndpoint) -> JSON {
    [
      "connection_uri": .string(address(of: endpoint).uri),
      "connection_parameters": [
        "database": .string(configuration.databaseName), "password": .string(rolePassword),
        "role": .string(configuration.roleName), "host": "127.0.0.1", "pooler_host": "127.0.0.1",
      ],
    ]
  }
}
