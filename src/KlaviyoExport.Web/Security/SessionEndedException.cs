namespace KlaviyoExport.Web.Security;

/// <summary>Nobody is signed in any more, or what they may do has changed since; they have to sign in again.</summary>
internal sealed class SessionEndedException() : LocalizedException(new LocalizedMessage("People.NotAllowed"));
