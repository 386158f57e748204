namespace KlaviyoExport.Web.Security.Providers;

/// <summary>The provider knows the person, and gives them none of the roles of <see cref="RoleMapping"/>.</summary>
internal sealed class NoRoleException(LocalizedMessage message) : LocalizedException(message);
