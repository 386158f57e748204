namespace KlaviyoExport.People.Rules;

/// <summary>
/// Compares roles. No other folder does: code asks a <see cref="Rule"/> whether a person may do something, and this class who a person is.
/// </summary>
public static class Roles
{
    /// <summary>Whether the role may do everything, and its people can become export users.</summary>
    public static bool IsAdministrator(this Role role) => role == Role.Administrator;

    /// <summary>Whether the rights of the role depend on the connections that are shared with its people.</summary>
    public static bool IsContributor(this Role role) => role == Role.Contributor;

    /// <summary>The administrators among people, for queries of the store.</summary>
    public static IQueryable<AppUser> Administrators(this IQueryable<AppUser> people) =>
        people.Where(user => user.Role == Role.Administrator);

    /// <summary>The contributors among people, for queries of the store.</summary>
    public static IQueryable<AppUser> Contributors(this IQueryable<AppUser> people) => people.Where(user => user.Role == Role.Contributor);

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
