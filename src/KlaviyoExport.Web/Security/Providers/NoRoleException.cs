namespace KlaviyoExport.Web.Security.Providers;

/// <summary>The identity provider gives the person none of the roles in <see cref="RoleMapping"/>.</summary>
internal sealed class NoRoleException(LocalizedMessage message) : LocalizedException(message);
