using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.People;

/// <summary>A person who is known to the product, with their role and their sign-in data.</summary>
public sealed class AppUser : IdentityUser
{
    /// <summary>The name shown in lists and in the audit, at most 100 characters. Not an email address.</summary>
    public string DisplayName { get; set; } = "";

    public Role Role { get; set; }

    /// <summary>
    /// Whether it is the account of a program, which uses the HTTP API with tokens. It has no email address and cannot sign in.
    /// </summary>
    public bool IsServiceAccount { get; set; }

    /// <summary>The language in which the person gets mails, such as "sr-Cyrl". Null when the person has not chosen one.</summary>
    public string? Language { get; set; }

    /// <summary>Whether the person has hidden the checklist of the first steps on the home page.</summary>
    public bool HidesFirstSteps { get; set; }
}
