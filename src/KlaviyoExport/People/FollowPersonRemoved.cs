using KlaviyoExport.Data;

namespace KlaviyoExport.People;

/// <summary>Follows up the removal of a person in the transaction that makes it, such as taking back what was shared with them.</summary>
public delegate Task FollowPersonRemoved(AppDb db, string userId, CancellationToken cancellationToken);
