using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.People;

/// <summary>A person who signs in.</summary>
public sealed class AppUser : IdentityUser
{
    /// <summary>Shown in lists and audit; not an address.</summary>
    public string DisplayName { get; set; } = "";

    public Role Role { get; set; }
}
