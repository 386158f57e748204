using KlaviyoExport.People;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Settings in the section <c>Roles</c>. They map app roles or groups of the identity provider to roles of this application, for example
/// <c>Roles:Administrator=klaviyo-admins</c>. Use <c>Roles:Administrator:0</c>, <c>:1</c> for several values. Values are case-sensitive.
/// When the section is empty (the default), administrators assign the roles in this application.
/// </summary>
internal sealed class RoleMapping
{
    public const string Section = "Roles";

    /// <summary>The configuration key of <see cref="Claims"/>.</summary>
    public const string ClaimsKey = "Claims";

    private readonly Dictionary<string, Role> _roles = new(StringComparer.Ordinal);

    /// <summary>
    /// The claims of the ID token that hold app roles or groups: <c>roles</c> and <c>groups</c> unless <c>Roles:Claims</c> names others.
    /// </summary>
    public IReadOnlyList<string> Claims { get; private set; } = ["roles", "groups"];

    /// <summary>The keys of the section that do not name a role.</summary>
    public IReadOnlyList<string> UnknownKeys { get; private set; } = [];

    /// <summary>Whether the identity provider decides which role a person has.</summary>
    public bool IsConfigured => _roles.Count > 0;

    public bool Gives(Role role) => _roles.ContainsValue(role);

    public void Read(IConfigurationSection section)
    {
        var unknown = new List<string>();
        foreach (var key in section.GetChildren())
        {
            if (key.Key.Equals(ClaimsKey, StringComparison.OrdinalIgnoreCase))
                Claims = Values(key);
            else if (Enum.TryParse<Role>(key.Key, ignoreCase: true, out var role) && !int.TryParse(key.Key, out _))
                Give(role, Values(key));
            else
                unknown.Add(key.Key);
        }
        UnknownKeys = unknown;
    }

    /// <returns>The highest role that the values give. Null when they give none.</returns>
    public Role? Of(IEnumerable<string> values) =>
        values.Select(value => _roles.TryGetValue(value, out var role) ? role : (Role?)null).Max();

    private void Give(Role role, IEnumerable<string> values)
    {
        foreach (var value in values)
            _roles[value] = _roles.TryGetValue(value, out var other) && other > role ? other : role;
    }

    private static string[] Values(IConfigurationSection key) =>
        [
            .. key.GetChildren()
                .Select(child => child.Value)
                .Append(key.Value)
                .OfType<string>()
                .Select(value => value.Trim())
                .Where(value => value.Length > 0),
        ];
}
