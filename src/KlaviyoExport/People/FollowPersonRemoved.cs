using KlaviyoExport.Data;

namespace KlaviyoExport.People;

/// <summary>Called when a person is removed, in the same transaction, so that a folder can delete what refers to the person.</summary>
public delegate Task FollowPersonRemoved(AppDb db, string userId, CancellationToken cancellationToken);
