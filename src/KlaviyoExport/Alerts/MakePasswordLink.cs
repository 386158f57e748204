namespace KlaviyoExport.Alerts;

/// <summary>Makes a link with which a person sets a password. The web application registers it.</summary>
/// <returns>The path and query of the link, without a slash at its start. It is a secret. Null when the person does not exist or passwords
/// are disabled.</returns>
public delegate Task<string?> MakePasswordLink(string userId, CancellationToken cancellationToken);
