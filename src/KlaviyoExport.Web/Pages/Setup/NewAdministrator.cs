using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Web.Pages.Setup;

/// <summary>The form of the first administrator.</summary>
internal sealed class NewAdministrator
{
    public string? Name { get; set; }

    public string? Email { get; set; }

    public string? Password { get; set; }

    public string? Again { get; set; }

    /// <summary>Names of the texts that say what is wrong.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 100)
            yield return "Fault.Name";
        if (string.IsNullOrWhiteSpace(Email) || !new EmailAddressAttribute().IsValid(Email.Trim()))
            yield return "Fault.InvalidEmail";
        if (string.IsNullOrEmpty(Password))
            yield return "Fault.PasswordTooShort";
        if (Password != Again)
            yield return "Fault.Again";
    }
}
