using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Account;

/// <summary>The form with which a password is set or changed.</summary>
internal sealed class NewPassword
{
    /// <summary>The one until now; where a signed-in person changes it.</summary>
    public string? Current { get; set; }

    public string? Password { get; set; }

    public string? Again { get; set; }

    /// <summary>What Identity finds wrong, in the reader's language.</summary>
    public static IReadOnlyList<string> Words(IEnumerable<IdentityError> errors, IStringLocalizer texts) =>
        [
            .. errors
                .Select(error => texts[$"Fault.{error.Code}"])
                .Select(text => text.ResourceNotFound ? texts["Fault.Other"].Value : text.Value)
                .Distinct(),
        ];

    /// <summary>Names of the texts that say what is wrong.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrEmpty(Password))
            yield return "Fault.PasswordTooShort";
        if (Password != Again)
            yield return "Fault.Again";
    }
}
