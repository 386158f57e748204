using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Account;

/// <summary>The form that sets or changes a password.</summary>
internal sealed class NewPassword
{
    /// <summary>The current password. Null when the form sets a password with a link.</summary>
    public string? Current { get; set; }

    public string? Password { get; set; }

    public string? Again { get; set; }

    /// <summary>Returns the messages for the errors of ASP.NET Core Identity, in the reader's language.</summary>
    public static IReadOnlyList<string> Words(IEnumerable<IdentityError> errors, IStringLocalizer texts) =>
        [
            .. errors
                .Select(error => texts[$"Fault.{error.Code}"])
                .Select(text => text.ResourceNotFound ? texts["Fault.Other"].Value : text.Value)
                .Distinct(),
        ];

    /// <summary>Returns the names of the texts for the faults in the form. Empty when there are none.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrEmpty(Password))
            yield return "Fault.PasswordTooShort";
        if (Password != Again)
            yield return "Fault.Again";
    }
}
