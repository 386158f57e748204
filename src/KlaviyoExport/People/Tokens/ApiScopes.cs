namespace KlaviyoExport.People.Tokens;

/// <summary>
/// What an API token may be used for. A scope never permits more than the role of the token: a token with <see cref="Edit"/> and the role
/// Viewer can edit nothing.
/// </summary>
[Flags]
public enum ApiScopes
{
    None = 0,

    /// <summary>Read exports, runs, segments, sources, connections and the status.</summary>
    Read = 1,

    /// <summary>Start, cancel, approve, reject, retry and undo runs; load sources and count segments.</summary>
    Run = 2,

    /// <summary>Create, change, schedule and remove exports.</summary>
    Edit = 4,

    /// <summary>Read personal data: the addresses of rejected profiles.</summary>
    PersonalData = 8,

    /// <summary>Read the audit, and read and apply the configuration of the installation.</summary>
    Administer = 16,
}

/// <summary>Provides the names of the scopes.</summary>
public static class ApiScopesMessages
{
    /// <summary>Returns the names of the scopes as one localised message.</summary>
    public static LocalizedMessage ToMessage(this ApiScopes scopes) =>
        Enum.GetValues<ApiScopes>()
            .Where(scope => scope != ApiScopes.None && scopes.HasFlag(scope))
            .Select(scope => new LocalizedMessage($"People.Scope.{scope}"))
            .DefaultIfEmpty(new LocalizedMessage("People.Nothing"))
            .Aggregate((all, next) => new LocalizedMessage("People.Listed", all, next));
}
