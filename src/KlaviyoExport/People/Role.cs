namespace KlaviyoExport.People;

/// <summary>
/// The role of a person, which decides what the person may do. Each person has one role. The roles are ordered by their permissions,
/// fewest first.
/// </summary>
public enum Role
{
    Viewer,
    Operator,
    Contributor,
    Administrator,
}

/// <summary>Provides the names of the roles.</summary>
public static class RoleMessages
{
    /// <summary>Returns the name of the role as a localised message.</summary>
    public static LocalizedMessage ToMessage(this Role role) => new($"People.Role.{role}");
}
