using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Web.Pages.Setup;

/// <summary>The form that creates the first administrator.</summary>
internal sealed class NewAdministrator
{
    public string? Name { get; set; }

    public string? Email { get; set; }

    public string? Password { get; set; }

    public string? Again { get; set; }

    /// <summary>Returns the names of the texts for the faults in the form. Empty when there are none.</summary>
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
