namespace KlaviyoExport.People;

/// <summary>What a person may do; a person has one role. The order is from least to most.</summary>
public enum Role
{
    Viewer,
    Operator,
    Contributor,
    Administrator,
}

public static class RoleMessages
{
    /// <summary>The role's name, for each reader in their language.</summary>
    public static LocalizedMessage ToMessage(this Role role) => new($"People.Role.{role}");
}
