namespace KlaviyoExport.People.Tokens;

/// <summary>Compares roles by what they permit.</summary>
public static class Roles
{
    /// <summary>
    /// Returns whether a role permits everything that another role permits. An operator runs all exports, and a contributor only those on
    /// shared connections, so neither covers the other.
    /// </summary>
    public static bool Covers(this Role role, Role other) => role == other || role == Role.Administrator || other == Role.Viewer;

    /// <summary>
    /// Returns the role of a token: its own if the owner's role covers it, else the owner's if the token's covers that, else Viewer.
    /// </summary>
    public static Role Capped(Role token, Role owner) =>
        owner.Covers(token) ? token
        : token.Covers(owner) ? owner
        : Role.Viewer;
}
