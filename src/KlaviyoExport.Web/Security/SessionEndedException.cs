namespace KlaviyoExport.Web.Security;

/// <summary>The session has ended or the person's rights have changed since. The person has to sign in again.</summary>
internal sealed class SessionEndedException() : LocalizedException(new LocalizedMessage("People.NotAllowed"));
