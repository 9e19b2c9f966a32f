import Values

extension VercelService {
  static var variableRoutes: [Route<VercelService>] {
    [
      Route("GET", "/v10/projects/{project}/env") { .whole($0.listVariables($1)) },
      Route("POST", "/v10/projects/{project}/env") { .whole($0.createVariables($1)) },
      Route("PATCH", "/v9/projects/{project}/env/{id}") { .whole($0.editVariable($1)) },
      Route("PATCH", "/v10/projects/{project}/env/{id}") { .whole($0.editVariable($1)) },
      Route("DELETE", "/v9/projects/{project}/env/{id}") { .whole($0.deleteVariable($1)) },
      Route("DELETE", "/v10/projects/{project}/env/{id}") { .whole($0.deleteVariable($1)) },
    ]
  }

  private func listVariables(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    return hosting.with { state, _ in
      let fitting = state.variables.filter { variable in
        call.value("gitBranch").map { variable.gitBranch == nil || variable.gitBranch == $0 }
          ?? true
      }
      return .json(["envs": .array(fitting.map(\.json))])
    }
  }

  /// Creates one variable or several; what can not be created does not hold up the others.
  private func createVariables(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    guard let body = call.json else { return .badRequest("should be object or array.") }
    let wanted = body.arrayValue ?? [body]
    let mayReplace = call.value("upsert") == "true"
    guard !wanted.isEmpty, wanted.allSatisfy({ Self.hasRequiredMembers($0) }) else {
      return .badRequest("missing required property `key`, `value`, `type` or `target`.")
    }
    return hosting.with { state, now in
      var created: [JSON] = []
      var failed: [JSON] = []
      for item in wanted {
        switch state.put(item, mayReplace: mayReplace, now: now) {
        case .success(let variable): created.append(variable.json)
        case .failure(let failure): failed.append(failure.json)
        }
      }
      let all = JSON.array(created)
      return .json(
        [
          "created": body.arrayValue == nil ? created.first ?? all : all,
          "failed": .array(failed),
        ],
        status: 201
      )
    }
  }

  private static func hasRequiredMembers(_ item: JSON) -> Bool {
    guard item["key"]?.stringValue != nil, item["value"]?.stringValue != nil,
      let kind = item["type"]?.stringValue, Variable.kinds.contains(kind)
    else { return false }
    let targets = item["target"]?.arrayValue?.compactMap(\.stringValue)
    return targets.map { !$0.isEmpty && Set($0).isSubset(of: Variable.targets) }
      ?? (item["customEnvironmentIds"]?.arrayValue != nil)
  }

  private func editVariable(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    guard let body = call.json, body.objectValue != nil else {
      return .badRequest("should be object.")
    }
    return hosting.with { state, now in
      guard let index = state.variables.firstIndex(where: { $0.id == call.gap("id") }) else {
        return .notFound("The Environment Variable")
      }
      state.edit(index, body, now: now)
      return .json(state.variables[index].json)
    }
  }

  private func deleteVariable(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    return hosting.with { state, now in
      guard let index = state.variables.firstIndex(where: { $0.id == call.gap("id") }) else {
        return .notFound("The Environment Variable")
      }
      let variable = state.variables.remove(at: index)
      state.note("env-variable-delete", variable, now: now)
      return .json(variable.json)
    }
  }
}

/// Why one variable of several was not created.
private struct VariableFailure: Error {
  var code: String
  var message: String
  var key: String

  var json: JSON {
    [
      "error": [
        "code": .string(code), "message": .string(message), "envVarKey": .string(key),
        "key": .string(key),
      ]
    ]
  }
}

extension HostingState {
  fileprivate mutating func put(
    _ item: JSON,
    mayReplace: Bool,
    now: Milliseconds
  ) -> Result<Variable, VariableFailure> {
    let key = item["key"]?.stringValue ?? ""
    guard let first = key.unicodeScalars.first, first.properties.isAlphabetic || first == "_",
      key.unicodeScalars.allSatisfy({
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
      })
    else {
      let message =
        "The name contains invalid characters. Only letters, digits, and underscores"
        + " are allowed. Furthermore, the name should not start with a digit."
      return .failure(VariableFailure(code: "INVALID_KEY", message: message, key: key))
    }
    let targets = item["target"]?.arrayValue?.compactMap(\.stringValue) ?? []
    let branch = item["gitBranch"]?.stringValue
    let same = variables.firstIndex {
      $0.key == key && $0.gitBranch == branch && !Set($0.targets).isDisjoint(with: targets)
    }
    if let same {
      guard mayReplace else {
        let message =
          "A variable with the name `\(key)` already exists for the target "
          + "\(variables[same].targets.joined(separator: ",")) on branch \(branch ?? "undefined")"
        return .failure(VariableFailure(code: "ENV_CONFLICT", message: message, key: key))
      }
      edit(same, item, now: now)
      return .success(variables[same])
    }
    let variable = Variable(
      id: random.text(16, from: .alphanumeric),
      key: key,
      kind: item["type"]?.stringValue ?? "encrypted",
      targets: targets,
      gitBranch: branch,
      comment: item["comment"]?.stringValue,
      ciphertext: Variable.ciphertext(&random),
      createdAt: now,
      updatedAt: now,
      person: names.people[0].id
    )
    variables.append(variable)
    note("env-variable-add", variable, now: now)
    return .success(variable)
  }

  fileprivate mutating func edit(_ index: Int, _ body: JSON, now: Milliseconds) {
    var variable = variables[index]
    if let key = body["key"]?.stringValue { variable.key = key }
    if let kind = body["type"]?.stringValue { variable.kind = kind }
    if let targets = body["target"]?.arrayValue {
      variable.targets = targets.compactMap(\.stringValue)
    }
    if let branch = body["gitBranch"] { variable.gitBranch = branch.stringValue }
    if let comment = body["comment"]?.stringValue { variable.comment = comment }
    if body["value"] != nil { variable.ciphertext = Variable.ciphertext(&random) }
    variable.updatedAt = now
    variables[index] = variable
    note("env-variable-edit", variable, now: now)
  }

  fileprivate mutating func note(_ kind: String, _ variable: Variable, now: Milliseconds) {
    let targets = variable.targets.joined(separator: ", ")
    activity.append(.of(kind, "\(kind) \(variable.key) (\(targets))", at: now, names: names))
  }
}
