using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Segments;

internal sealed class SegmentMapping : IEntityTypeConfiguration<Segment>, IEntityTypeConfiguration<SegmentCount>
{
    public void Configure(EntityTypeBuilder<Segment> builder)
    {
        builder.ToTable("Segments");
        builder.Property(segment => segment.Name).HasMaxLength(100);
        builder.HasIndex(segment => segment.Name).IsUnique();
        builder.Property(segment => segment.Definition).IsJson();
        builder.Property(segment => segment.Reading).IsJson();
        builder.HasOne(segment => segment.Source).WithMany().HasForeignKey(segment => segment.SourceId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<SegmentCount> builder)
    {
        builder.ToTable("SegmentCounts");
        builder.HasKey(count => new { count.SegmentId, count.Day });
        builder.HasIndex(count => count.Day);
        builder.HasOne<Segment>().WithMany().HasForeignKey(count => count.SegmentId).OnDelete(DeleteBehavior.Cascade);
    }
}
